using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Core.TlsRpt;
using MtaSts.Simulation.Mishaps;
using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Owning;
using MtaSts.Simulation.Sending;
using MtaSts.Simulation.Watching;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation;

/// <summary>
/// One life of a class of domains: the world, its owners, the operator and the senders, all made from a seed, from the first day until everything is at rest. The same
/// seed and options give the same life.
/// </summary>
internal sealed class Life
{
    private const int MishapsWithinDays = 260;
    private const int RestMaxDays = 400;
    private const int RestDays = 15;
    private const int DaysMax = 1500;

    private const string StrangersRecord = "v=STSv1; id=20250101T000000;";

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan OwnersLook = TimeSpan.FromMinutes(40);

    private readonly int _seed;
    private readonly LifeOptions _options;
    private readonly Profile _profile;
    private readonly Agenda _agenda = new(Start);
    private readonly Tally _tally = new();
    private readonly Story _story;
    private readonly List<Managed> _domains = [];
    private readonly List<Sender> _senders = [];
    private readonly List<Owner> _owners = [];
    private readonly Surroundings _all;
    private readonly Cluster _cluster;
    private readonly Troublemaker _trouble;

    private Life(int seed, LifeOptions options)
    {
        (_seed, _options, _profile, _story) = (seed, options, Profile.Of(seed), new Story(_agenda));
        foreach (var (habits, i) in Habits.All.Select((h, i) => (h, i)))
        {
            var dice = Dice.For(seed, Purpose.Senders, i);
            _senders.Add(new Sender(_agenda, habits, new Resolver(_agenda, dice), dice, _tally));
        }

        for (var i = 0; i < _profile.Domains; i++)
        {
            _domains.Add(NewDomain(i));
        }

        var provider = new VirtualProvider([.. _domains.Select(d => d.World)], Dice.For(seed, Purpose.Provider), _profile.ProviderIsAtomic, label => _cluster!.InstantOfLeader(label))
        {
            BeforeWrite = (world, set) => _domains.First(d => d.World == world).Watcher.Writes(set),
        };
        var looks = Dice.For(seed, Purpose.Looks);
        var observer = new Observer(_agenda, new Resolver(_agenda, looks), looks, _profile.LossShare);
        var engine = options.Engine();
        _all = new Surroundings(_agenda, engine, observer, provider, _domains, _tally, _story) { TtlSeconds = _profile.RecordTtlSeconds };
        _cluster = new Cluster(_all, Dice.For(seed, Purpose.Death), Dice.For(seed, Purpose.Death, 1)) { IsMortal = options.Crashes };
        _trouble = new Troublemaker(_all, _agenda, _story);
        PlanMishaps();
        foreach (var domain in _domains)
        {
            domain.Watcher.Others = [.. _domains.Where(d => d != domain)];
            var will = Dice.For(seed, Purpose.Owner, domain.Index);
            _owners.Add(new Owner(_agenda, domain, _profile, engine, _tally, _story, will, options.DroppedDeeds, _cluster.Notify, EditClass));
            PlanMail(domain);
        }
    }

    /// <summary>Lives a life to its end.</summary>
    public static LifeResult Run(int seed, LifeOptions options)
    {
        var life = new Life(seed, options);
        try
        {
            life.Run();
            return new LifeResult(life._tally, life.End(), null, "");
        }
        catch (Broken failure)
        {
            return new LifeResult(life._tally, "", failure, life._story.ToString());
        }
        finally
        {
            life._tally.Lives++;
            life._tally.Days += (life._agenda.Now - Start).TotalDays;
            life._tally.ProviderFaults += life._all.Provider.Faults;
        }
    }

    private void Run()
    {
        while (_owners.Any(o => !o.IsDone) || _trouble.Open > 0)
        {
            Live(OwnersLook);
            if (_agenda.Now - Start > TimeSpan.FromDays(DaysMax))
            {
                _domains[0].Watcher.Fail(Invariant.ComesToRest, "the owners do not come to their end");
            }
        }

        _cluster.IsMortal = false;
        var left = _agenda.Now;
        while (_domains.FirstOrDefault(d => !IsAtRest(d)) is { } restless)
        {
            Live(TimeSpan.FromHours(6));
            if (_agenda.Now - left > TimeSpan.FromDays(RestMaxDays))
            {
                var state = restless.Resource.Now;
                restless.Watcher.Fail(
                    Invariant.ComesToRest,
                    $"{RestMaxDays} days in peace, and at stage {state.State.Stage ?? "-"}: {string.Join("; ", state.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}"))}");
            }
        }

        Live(TimeSpan.FromDays(RestDays));
    }

    private void Live(TimeSpan time)
    {
        foreach (var owner in _owners)
        {
            owner.Act();
        }

        _agenda.RunUntil(_agenda.Now + time);
    }

    private static bool IsAtRest(Managed domain)
    {
        var (spec, state) = (domain.Resource.Now.Spec, domain.Resource.Now.State);
        return spec.Target == TargetMode.None
            ? (state.Withdrawn && domain.World.Hosting.Document is null && domain.World.Zone.Primary[domain.World.HostKey].Values.IsEmpty) || IsForgotten(domain)
            : state.Stage == spec.Stages[^1].Name && state.IsPublished && state.Served!.Policy.MaxAgeSeconds == (long)spec.Stages[^1].MaxAge.TotalSeconds
                && state.KeptMx.IsEmpty && state.Soak.HealthySince is not null && domain.World.Zone.Primary[domain.World.TlsRptKey].Values.Count == (spec.TlsReporting is null ? 1 : 2);
    }

    // A status that is lost before anything was named leaves a document and an address behind, which no sender is led to. Known, and not mended.
    private static bool IsForgotten(Managed domain) => domain.Resource.Now.State is { Served: null, Withdrawn: false }
        && !domain.World.Zone.Primary[domain.World.StsKey].Values.Any(v => v.StartsWith("v=STSv1", StringComparison.Ordinal));

    private string End() => string.Join('\n', _domains.Select(d =>
        $"{d.World.Domain}: {d.Resource.Now.State.Stage} | {d.World.Hosting.Document?.ReplaceLineEndings(" ")} | "
        + string.Join(", ", d.World.Zone.Primary.Records.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal).Select(r => $"{r.Key}: {string.Join(' ', r.Value.Values)}"))));

    private void EditClass(Func<Intent, Intent> change)
    {
        foreach (var domain in _domains)
        {
            domain.Resource.Edit(change);
            _cluster.Notify(domain);
        }
    }

    private Managed NewDomain(int index)
    {
        var domain = MailDomain.Parse($"d{index}.example");
        var first = $"mx1.{domain}";
        var siblings = new Dictionary<RecordKey, ImmutableSortedSet<string>>
        {
            [new(domain.StsRecordName, RecordType.Txt)] = ["site-verification=1"],
            [new(domain.TlsRptRecordName, RecordType.Txt)] = ["a sibling"],
            [new($"_mta-sts.other.{domain}", RecordType.Txt)] = ["v=STSv1; id=20260101;"],
            [OwnerRecord.KeyFor(domain.StsRecordName)] = ["not an owner record"],
        };
        var records = siblings.ToImmutableDictionary(s => s.Key, s => new RecordSet(s.Key, _profile.RecordTtlSeconds, s.Value));
        if (_profile.Beginning != Beginning.Fresh)
        {
            var key = new RecordKey(domain.StsRecordName, RecordType.Txt);
            records = records.SetItem(key, records[key] with { Values = records[key].Values.Add(StrangersRecord) });
        }

        if (_profile.Beginning is Beginning.LiveAtEnforce or Beginning.LiveAtTesting)
        {
            records = records.Add(new(domain.PolicyHost, RecordType.A), RecordSet.Of(domain.PolicyHost, RecordType.A, 3600, PolicyHosting.OtherAddress));
        }

        var servers = _profile.ServerLags.Select((lag, i) => new Follower($"ns{i}", lag)).ToImmutableArray();
        var zone = new Zone(_agenda, domain.ToString(), servers, _profile.NegativeTtlSeconds, new ZoneContents(records, [first], _profile.MxTtlSeconds));
        var replicas = _profile.ReplicaLags.Select((lag, i) => new Follower($"policy-server-{i}", lag)).ToImmutableArray();
        var hosting = new PolicyHosting(
            _agenda, Dice.For(_seed, Purpose.Hosting, index), domain.PolicyHost, replicas, _profile.ReplicasShareAddress, _profile.CertificateIssueTime);
        var world = new DomainWorld(domain, zone, new MailServers(_agenda), hosting);
        var resource = new Resource(new Intent
        {
            Domain = domain,
            Mx = [MxPattern.Parse(first)],
            Stages = _profile.StageLists[0],
            TlsReporting = new TlsRptRecord([$"mailto:tls@{domain}"]),
            Interval = _profile.Interval,
            ServingSpread = _profile.ReplicasShareAddress ? _profile.ReplicaLags.Max() : TimeSpan.Zero,
            CertificateLifeMin = TimeSpan.FromDays(7),
            OnRegression = _profile.OnRegression,
            FleetRule = _profile.FleetRule,
            Windows = _profile.Windows,
            Adoption = _profile.Beginning is Beginning.LiveAtEnforce or Beginning.LiveAtTesting ? Adoption.Adopt : Adoption.Refuse,
        });
        var watcher = new Watcher(_agenda, world, resource, new OwnersBook(), _tally, _story) { Senders = _senders };
        watcher.Book.Invited.Add(first);
        foreach (var (key, values) in siblings)
        {
            watcher.Siblings[key] = values;
        }

        var managed = new Managed(index, world, resource, watcher);
        LiveBefore(managed);
        return managed;
    }

    private void LiveBefore(Managed domain)
    {
        if (_profile.Beginning == Beginning.Fresh)
        {
            return;
        }

        domain.Watcher.Stranger = StrangersRecord;
        if (_profile.Beginning == Beginning.StrangersRecord)
        {
            return;
        }

        domain.Watcher.Book.AskedToAdopt = true;
        var mode = _profile.Beginning == Beginning.LiveAtEnforce ? StsMode.Enforce : StsMode.Testing;
        var live = PolicyDocument.Of(new StsPolicy(mode, domain.Resource.Now.Spec.Mx, 14 * 86400));
        domain.World.Hosting.OtherDocument = live.Text;
        domain.Watcher.Knows(live);
    }

    private void PlanMishaps()
    {
        foreach (var (mishap, i) in Mishap.Plan(_seed, _profile.Domains, TimeSpan.FromDays(MishapsWithinDays)).Select((m, i) => (m, i)))
        {
            if (!_options.DroppedMishaps.Contains(i))
            {
                _trouble.Plan(mishap);
                foreach (var domain in _domains.Where(d => d.Watcher.ClockErrorMax < mishap.ClockError))
                {
                    domain.Watcher.ClockErrorMax = mishap.ClockError;
                }
            }
        }
    }

    private void PlanMail(Managed domain)
    {
        foreach (var (sender, i) in _senders.Select((s, i) => (s, i)))
        {
            var dice = Dice.For(_seed, Purpose.Senders, 1000 + (domain.Index * 100) + i);
            Again(sender.Habits.Pause, dice, () => sender.Deliver(domain.World, domain.Watcher));
            if (sender.Habits.Refreshes is { } every)
            {
                Again(every, dice, () => sender.Refresh(domain.World, domain.Watcher));
            }
        }
    }

    private void Again(TimeSpan mean, Random dice, Action what) => _agenda.In(dice.Between(TimeSpan.Zero, mean * 2), () =>
    {
        what();
        Again(mean, dice, what);
    });
}
