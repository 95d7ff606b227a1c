using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.TlsRpt;
using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation.Owning;

/// <summary>What owners do.</summary>
internal enum Deed
{
    MigrateSpecFirst,
    MigrateDnsFirst,
    AddServer,
    LowerToTesting,
    RetireAndReturnEarly,
    RetireAndReturnLate,
    Pause,
    StrayServer,
    SuddenMove,
    LoseStatus,
    LoseCluster,
    EditStages,
    ChangeReports,
    UseWildcard,
}

/// <summary>
/// The owner of one domain, and the platform team behind him, with a list of things to do. Most are done by the book, see <see cref="OwnersBook"/>; a stray or sudden
/// mail server is not, and what follows from it is the owner's doing.
/// </summary>
internal sealed class Owner
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(150);
    private static readonly TimeSpan SomeMinutes = TimeSpan.FromMinutes(15);

    private readonly Agenda _agenda;
    private readonly Managed _domain;
    private readonly Profile _profile;
    private readonly Engine _engine;
    private readonly Tally _tally;
    private readonly Story _story;
    private readonly Action<Managed> _notify;
    private readonly Action<Func<Intent, Intent>> _editClass;
    private readonly Queue<Func<bool>> _steps = [];
    private readonly HashSet<string> _live;
    private DateTimeOffset _restUntil;
    private DateTimeOffset? _waitsSince;
    private DateTimeOffset? _stalledSince;
    private bool _gaveUp;
    private int _hosts;

    public Owner(
        Agenda agenda, Managed domain, Profile profile, Engine engine, Tally tally, Story story, Random will, IReadOnlySet<int> dropped,
        Action<Managed> notify, Action<Func<Intent, Intent>> editClass)
    {
        (_agenda, _domain, _profile, _engine, _tally, _story, _notify, _editClass) = (agenda, domain, profile, engine, tally, story, notify, editClass);
        _live = [.. domain.World.Zone.Primary.Mx];
        _hosts = _live.Count;
        Begin(will);
        var deeds = will.Next(3, 8);
        for (var i = 0; i < deeds; i++)
        {
            var (pause, deed, choice) = (will.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(will.Chance(0.5) ? 4 : 45)), will.Pick(Enum.GetValues<Deed>()), will.Next(1000));
            if (!dropped.Contains(i))
            {
                Rest(pause);
                Plan(deed, choice);
            }
        }

        if (will.Chance(0.15))
        {
            Do("retires for good", () => Hand(s => s with { Target = TargetMode.None }));
            Wait(() => domain.Resource.Now.State.Withdrawn);
        }

        Do("has everything as it shall be", () => Edit(s => s with { Paused = false }));
    }

    public bool IsDone => _steps.Count == 0;

    /// <summary>Does what there is to do now.</summary>
    public void Act()
    {
        HelpOut();
        while (_steps.TryPeek(out var step) && step())
        {
            _waitsSince = null;
            _steps.TryDequeue(out _);
        }
    }

    private Snapshot Status => _domain.Resource.Now;

    private bool IsAsked => !_gaveUp;

    private void Begin(Random will)
    {
        switch (_profile.Beginning)
        {
            case Beginning.StrangersRecord:
                Rest(will.Between(TimeSpan.FromDays(1), TimeSpan.FromDays(9)));
                if (will.Chance(0.5))
                {
                    Do("adopts the stranger's record", () =>
                    {
                        _domain.Watcher.Book.AskedToAdopt = true;
                        Edit(s => s with { Adoption = Adoption.Adopt });
                    });
                }
                else
                {
                    Do("has the stranger's record removed", () =>
                    {
                        var set = _domain.World.Zone.Primary[_domain.World.StsKey];
                        _domain.World.Zone.Write(set with { Values = set.Values.Remove(_domain.Watcher.Stranger!) });
                        _domain.Watcher.Stranger = null;
                    });
                }

                break;
            case Beginning.LiveAtEnforce or Beginning.LiveAtTesting:
                Wait(() => Status.State.IsPublished);
                Rest(TimeSpan.FromDays(8));
                Do("needs no adoption any more", () => Edit(s => s with { Adoption = Adoption.Refuse }));
                break;
        }

        if (_profile.WantsApproval)
        {
            Rest(will.Between(TimeSpan.FromDays(1), TimeSpan.FromDays(30)));
            Do("approves", () => Edit(s => s with { ApprovedStages = ["enforce-1d", "a-week"] }));
        }
    }

    private void Plan(Deed deed, int choice)
    {
        _gaveUp = false;
        Do("", () => _gaveUp = false);
        switch (deed)
        {
            case Deed.MigrateSpecFirst: Migrate(leavesSpecFirst: true, choice); break;
            case Deed.MigrateDnsFirst: Migrate(leavesSpecFirst: false, choice); break;
            case Deed.AddServer: Add(); break;
            case Deed.LowerToTesting:
                Do("wants testing", () => Edit(s => s with { Target = TargetMode.Testing }));
                Rest(TimeSpan.FromHours(1 + (choice % 200)));
                Do("wants enforce", () => Edit(s => s with { Target = TargetMode.Enforce }));
                break;
            case Deed.RetireAndReturnEarly:
                Do("deletes the policy", () => Hand(s => s with { Target = TargetMode.None }));
                Rest(TimeSpan.FromMinutes(5 + (choice * 30)));
                Do("creates the policy again", () => Hand(s => s with { Target = TargetMode.Enforce }));
                break;
            case Deed.RetireAndReturnLate:
                Do("deletes the policy", () => Hand(s => s with { Target = TargetMode.None }));
                Wait(() => Status.State.Withdrawn);
                Rest(TimeSpan.FromMinutes(choice));
                Do("creates the policy again", () => Hand(s => s with { Target = TargetMode.Enforce }));
                break;
            case Deed.Pause:
                Do("pauses", () => Edit(s => s with { Paused = true }));
                Rest(TimeSpan.FromHours(1 + (choice % 300)));
                Do("goes on", () => Edit(s => s with { Paused = false }));
                break;
            case Deed.StrayServer: Stray(choice); break;
            case Deed.SuddenMove: MoveSuddenly(); break;
            case Deed.LoseStatus when !_profile.EditsStages:
                Do("loses the status", () =>
                {
                    _domain.Resource.LoseStatus();
                    _notify(_domain);
                });
                break;
            case Deed.LoseCluster when !_profile.EditsStages:
                Do("loses the cluster", () =>
                {
                    _domain.World.Hosting.Put(null);
                    _domain.World.Hosting.RemoveIngress();
                    _domain.Resource.LoseStatus();
                    _notify(_domain);
                });
                break;
            case Deed.EditStages when _profile.EditsStages:
                Do($"edits the class's stages: list {choice % _profile.StageLists.Length}", () => _editClass(s => s with { Stages = _profile.StageLists[choice % _profile.StageLists.Length] }));
                break;
            case Deed.ChangeReports:
                Do("changes who gets reports", () => Edit(s => s with { TlsReporting = choice % 3 == 0 ? null : new TlsRptRecord([$"mailto:r{choice}@example.net"]) }));
                break;
            case Deed.UseWildcard: Widen(); break;
        }
    }

    // A new server and an old one, by the book.
    private void Migrate(bool leavesSpecFirst, int choice)
    {
        string? old = null, fresh = null;
        Do("begins a migration", () =>
        {
            (old, fresh) = (_live.Order(StringComparer.Ordinal).First(), NewHost());
            _story.Tell($"{_domain.World.Domain}: {old} is to be replaced by {fresh}");
            Edit(s => s with { Mx = With(leavesSpecFirst ? Without(s.Mx, old) : s.Mx, fresh) });
        });
        Wait(() => EverySenderCanKnow(fresh!));
        Do("makes the new server live", () => GoLive(fresh!));
        Rest(TimeSpan.FromMinutes(20 + choice));
        Do("takes the old server out of the DNS", () =>
        {
            _tally.Migrations++;
            Leave(old!);
        });
        Rest(TimeSpan.FromMinutes(choice % 90));
        Do("takes the old server out of the spec", () => Edit(s => s with { Mx = Without(s.Mx, old!) }));
    }

    private void Add()
    {
        string? fresh = null;
        Do("adds a server", () =>
        {
            fresh = NewHost();
            Edit(s => s with { Mx = With(s.Mx, fresh) });
        });
        Wait(() => EverySenderCanKnow(fresh!));
        Do("makes it live", () => GoLive(fresh!));
    }

    // Live before its time, and outside the policy.
    private void Stray(int choice)
    {
        string? stray = null;
        Do("makes a stray server live", () =>
        {
            stray = NewHost();
            SetMx(_domain.World.Zone.Primary.Mx.Add(stray));
        });
        Rest(TimeSpan.FromMinutes(choice));
        Do("takes the stray server out", () => SetMx(_domain.World.Zone.Primary.Mx.Remove(stray!)));
        Rest(TimeSpan.FromHours(6));
    }

    // Everything at once, and without a look at the status.
    private void MoveSuddenly()
    {
        string? fresh = null;
        Do("moves to another server at once", () =>
        {
            fresh = NewHost();
            Edit(s => s with { Mx = [MxPattern.Parse(fresh)] });
            _live.Clear();
            _live.Add(fresh);
            SetMx([fresh]);
            foreach (var sender in _domain.Watcher.Senders)
            {
                sender.Excuse(_domain.World);
            }
        });
        Wait(() => EverySenderCanKnow(fresh!));
        Do("knows that all can know", () => _domain.Watcher.Book.Invited.Add(fresh!));
    }

    private void Widen() => Do("names its servers by a wildcard", () => Edit(s => s with { Mx = [MxPattern.Parse($"*.{_domain.World.Domain}")] }));

    private string NewHost() => $"mx{++_hosts}.{_domain.World.Domain}";

    private void GoLive(string host)
    {
        _live.Add(host);
        _domain.Watcher.Book.Invited.Add(host);
        SetMx(_domain.World.Zone.Primary.Mx.Add(host));
    }

    private void Leave(string host)
    {
        if (_live.Count < 2)
        {
            return;
        }

        _live.Remove(host);
        SetMx(_domain.World.Zone.Primary.Mx.Remove(host));
    }

    // Published with the host in it, seen everywhere, and for so long that no resolver has an older id.
    private bool EverySenderCanKnow(string host) =>
        Status.State is { IsPublished: true, Served: { } served } state && served.Policy.Mx.Any(m => m.Matches(host))
        && _domain.Watcher.SpreadSince is { } since
        && _agenda.Now - since > SomeMinutes + TimeSpan.FromSeconds(Math.Max(_profile.RecordTtlSeconds, state.Ledger.Entries.Select(e => e.TtlSeconds).DefaultIfEmpty(0).Max()));

    // Whoever is told that only he can go on does so after a day.
    private void HelpOut()
    {
        var stalls = Status.Conditions.Any(c => c is { Type: ConditionType.Ready, Status: ConditionStatus.False, Reason: Reason.LiveElsewhere });
        if (!stalls)
        {
            _stalledSince = null;
        }
        else if (_agenda.Now - (_stalledSince ??= _agenda.Now) > TimeSpan.FromDays(1) && !_domain.Watcher.Book.AskedToBeginAnew)
        {
            _story.Tell($"{_domain.World.Domain}: the owner has it begin anew");
            _domain.Watcher.Book.AskedToBeginAnew = true;
            Edit(s => s with { Adoption = Adoption.Adopt });
        }

        if (_domain.Watcher.Book.AskedToBeginAnew && Status.State.IsPublished)
        {
            _domain.Watcher.Book.AskedToBeginAnew = false;
            Edit(s => s with { Adoption = Adoption.Refuse });
        }
    }

    private void Edit(Func<Intent, Intent> change)
    {
        _domain.Resource.Edit(change);
        _notify(_domain);
    }

    // Deleted with Retire, or created again: another object takes the state over.
    private void Hand(Func<Intent, Intent> change)
    {
        _domain.Resource.HandOver(change, _engine.HandOver);
        _notify(_domain);
    }

    private void SetMx(ImmutableSortedSet<string> hosts)
    {
        _story.Tell($"{_domain.World.Domain}: the MX are {string.Join(' ', hosts)}");
        _domain.World.Zone.WriteMx(hosts);
    }

    private static ImmutableArray<MxPattern> With(ImmutableArray<MxPattern> mx, string host) => mx.Any(m => m.Matches(host)) ? mx : mx.Add(MxPattern.Parse(host));

    private static ImmutableArray<MxPattern> Without(ImmutableArray<MxPattern> mx, string host) => mx.Remove(MxPattern.Parse(host)) is { IsEmpty: false } left ? left : mx;

    private void Do(string what, Action action) => _steps.Enqueue(() =>
    {
        if (what.Length > 0 && !IsAsked)
        {
            return true;
        }

        if (what.Length > 0)
        {
            _story.Tell($"{_domain.World.Domain}: the owner {what}");
        }

        action();
        return true;
    });

    private void Rest(TimeSpan time)
    {
        Do("", () => _restUntil = _agenda.Now + time);
        _steps.Enqueue(() => _agenda.Now >= _restUntil);
    }

    // An owner who waits in vain gives up what he was about to do.
    private void Wait(Func<bool> until) => _steps.Enqueue(() =>
    {
        if (_gaveUp || until())
        {
            return true;
        }

        _gaveUp = _agenda.Now - (_waitsSince ??= _agenda.Now) > Patience;
        return _gaveUp;
    });
}
