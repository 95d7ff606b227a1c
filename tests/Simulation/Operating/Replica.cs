using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Reconcile;
using MtaSts.Simulation.Watching;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Operating;

/// <summary>One process of the operator, without its I/O. Its pass has the order of effects of the real one, and may end at any instant.</summary>
internal sealed class Replica(string name, Surroundings all, Random luck, Action<Replica, string> instant, Action<Replica> standStill)
{
    private static readonly TimeSpan AfterConflict = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JitterFrom = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromMinutes(10);

    private readonly Dictionary<int, int> _failures = [];
    private readonly Dictionary<int, long> _due = [];
    private readonly Dictionary<int, Settled> _settled = [];
    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);
    private Watch _watch = new();
    private long _asked;
    private bool _isInPass;

    public string Name => name;

    public bool IsAlive { get; private set; } = true;

    /// <summary>True while the process does not run although it is not dead.</summary>
    public bool StandsStill { get; set; }

    /// <summary>True while a pass of it is under way, and it does not stand still.</summary>
    public bool IsAtWork => _isInPass && !StandsStill;

    /// <summary>True while it may begin passes.</summary>
    public bool Leads { get; set; }

    /// <summary>The record owner that the operator writes as.</summary>
    public static OwnerIdentity Owner(Managed domain) => OwnerIdentity.Create("cluster-a", domain.Key.ToString());

    /// <summary>The next pass over a domain is due after a time, whatever was due before.</summary>
    public void Ask(Managed domain, TimeSpan wait)
    {
        var ticket = ++_asked;
        _due[domain.Index] = ticket;
        all.Agenda.In(wait, () =>
        {
            if (IsAlive && Leads && !StandsStill && _due[domain.Index] == ticket)
            {
                Run(domain);
            }
        });
    }

    /// <summary>The process ends and forgets all.</summary>
    public void Die()
    {
        (IsAlive, Leads) = (false, false);
        _watch = new Watch();
        _failures.Clear();
        _settled.Clear();
        _due.Clear();
    }

    public void Start() => IsAlive = true;

    private void Run(Managed domain)
    {
        _isInPass = true;
        try
        {
            var wait = Pass(domain);
            if (IsAlive && Leads)
            {
                Ask(domain, wait);
            }
        }
        catch (Killed)
        {
        }
        finally
        {
            _isInPass = false;
        }
    }

    private TimeSpan Pass(Managed domain)
    {
        var (world, engine) = (domain.World, all.Engine);
        var cached = luck.Chance(0.02) ? domain.Resource.Before : domain.Resource.Now;
        var (intent, state, owner) = (cached.Spec, cached.State, Owner(domain));

        var now = all.Clock;
        var before = _settled.GetValueOrDefault(domain.Index);
        var seesTheSame = before is not null && world.IsQuiet(all.Agenda.Now) && all.Observer.LosesNothing();
        var observed = seesTheSame ? before!.Seen : all.Observer.Look(world);
        var watched = _watch.Look(domain.Key, now, intent.Interval);
        seesTheSame = seesTheSame && before!.Of.Spec == intent && before.Of.State.SameEffects(state);
        var evidence = (seesTheSame ? before!.Evidence : engine.Read(intent, state, observed, owner.OwnerId, watched, now)) with { WatchedSince = watched, Fleet = FleetOf(domain) };
        var decision = engine.Decide(intent, state, evidence, now);
        Look? look = seesTheSame ? before!.Look with { At = now, State = state } : new Look(observed, state, intent, now);
        var whole = look;
        instant(this, "");
        standStill(this);

        var current = cached;
        if (seesTheSame && before!.Of.Tells(cached) && decision.Next == state && decision.Waiting == before.Waiting
            && current.Version == domain.Resource.Now.Version && engine.LooksBeforeItCalls)
        {
            domain.Watcher.Counted(whole);
            domain.Watcher.Ended(whole, cached, decision, wrote: false, calls: 0);
            return Wait(domain, decision, [], anyWritten: false);
        }

        _settled.Remove(domain.Index);
        if (engine.WritesStateFirst && !decision.Next.SameEffects(state))
        {
            instant(this, $"{domain.World.Domain} before its state");
            if (!TryWrite(domain, cached with { State = decision.Next }, cached, look) && engine.IsFenced)
            {
                return Overtaken(domain);
            }

            current = domain.Resource.Now;
            look = null;
            instant(this, $"{domain.World.Domain} after its state");
            standStill(this);
        }

        var wanted = RecordsOf(domain, intent, decision.Next);
        var missing = engine.LooksBeforeItCalls ? RecordsInPlace.Missing(wanted, observed, owner) : wanted;
        var problems = ImmutableArray<ApplyProblem>.Empty;
        var anyWritten = false;
        var calls = 0L;
        if (!missing.IsEmpty || !IsServedAs(world, decision.Next))
        {
            if (engine.IsFenced && current.Version != domain.Resource.Now.Version)
            {
                all.Tally.Overtaken++;
                return Overtaken(domain);
            }

            Serve(domain, decision.Next);
            calls = -all.Provider.Calls;
            (problems, anyWritten) = Publish(domain, missing, intent);
            calls += all.Provider.Calls;
            if (decision.Next is { Served: null, Withdrawn: true } && problems.IsEmpty)
            {
                TakeDown(domain);
            }
        }

        var left = evidence.After(intent.Domain, state, decision.Next);
        var outcome = new PassOutcome { Intent = intent, Evidence = left, Decision = decision, DnsProblems = problems };
        var told = current with { State = decision.Next, Conditions = StatusProjection.Conditions(outcome), Checks = left.Checks };
        var writes = !current.Tells(told);
        if (writes ? !TryWrite(domain, told, current, look) : current.Version != domain.Resource.Now.Version)
        {
            return Overtaken(domain);
        }

        if (!writes && look is not null)
        {
            domain.Watcher.Counted(look);
        }

        domain.Watcher.Ended(whole, cached, decision, writes, calls);
        if (missing.IsEmpty && world.IsQuiet(all.Agenda.Now) && whole.Sight == Sight.Well)
        {
            _settled[domain.Index] = new Settled(domain.Resource.Now, observed, evidence, whole, decision.Waiting);
        }

        return Wait(domain, decision, problems, anyWritten);
    }

    private bool TryWrite(Managed domain, Snapshot to, Snapshot from, Look? look)
    {
        to = to with { State = domain.Watcher.Stored(to.State) };
        if (!domain.Resource.TryWrite(from, to))
        {
            all.Tally.Overtaken++;
            return false;
        }

        if (look is not null)
        {
            domain.Watcher.Counted(look);
        }

        domain.Watcher.Written(from, domain.Resource.Now);
        return true;
    }

    private TimeSpan Overtaken(Managed domain)
    {
        _watch.Forget(domain.Key);
        return AfterConflict;
    }

    private TimeSpan Wait(Managed domain, Decision decision, ImmutableArray<ApplyProblem> problems, bool anyWritten)
    {
        if (problems.Any(p => !p.NeedsSomebody))
        {
            var failures = _failures[domain.Index] = _failures.GetValueOrDefault(domain.Index) + 1;
            var backOff = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 12)));
            return backOff < BackOffMax ? backOff : BackOffMax;
        }

        _failures.Remove(domain.Index);
        return anyWritten && decision.LookAgain > AfterConflict ? AfterConflict
            : decision.LookAgain < JitterFrom ? decision.LookAgain
            : decision.LookAgain * (0.9 + (0.1 * luck.NextDouble()));
    }

    private ImmutableArray<OwnedRecord> RecordsOf(Managed domain, Intent intent, RolloutState state)
    {
        if (state.Served is null)
        {
            return state.Withdrawn ? DesiredState.Removal(intent.Domain, delegation: null) : [];
        }

        var wanted = ImmutableArray.CreateBuilder<OwnedRecord>();
        if (domain.World.Hosting.HasIngress)
        {
            wanted.Add(new(RecordSet.Of(intent.Domain.PolicyHost, RecordType.A, all.TtlSeconds, domain.World.Hosting.Addresses), RecordScope.WholeSet));
            wanted.Add(new(RecordSet.Of(intent.Domain.PolicyHost, RecordType.Aaaa, all.TtlSeconds), RecordScope.WholeSet));
            wanted.Add(new(RecordSet.Of(intent.Domain.PolicyHost, RecordType.Cname, all.TtlSeconds), RecordScope.WholeSet));
        }

        if (state.PublishedId is { } id)
        {
            wanted.Add(new(RecordSet.Of(intent.Domain.StsRecordName, RecordType.Txt, all.TtlSeconds, new StsRecord(id).ToString()), RecordScope.StsTxt));
            wanted.Add(new(
                RecordSet.Of(intent.Domain.TlsRptRecordName, RecordType.Txt, all.TtlSeconds, intent.TlsReporting is { } rua ? [rua.ToString()] : []),
                RecordScope.TlsRptTxt));
        }

        return wanted.ToImmutable();
    }

    private static bool IsServedAs(DomainWorld world, RolloutState state) => state switch
    {
        { Served: { } served } => world.Hosting.HasIngress && world.Hosting.Document == served.Text,
        { Withdrawn: true } => !world.Hosting.HasIngress && world.Hosting.Document is null,
        _ => true,
    };

    private void Serve(Managed domain, RolloutState state)
    {
        if (state.Served is not { } served)
        {
            return;
        }

        var hosting = domain.World.Hosting;
        if (!hosting.HasIngress)
        {
            hosting.PutIngress();
            instant(this, $"{domain.World.Domain} after its ingress");
        }

        if (hosting.Document != served.Text)
        {
            instant(this, $"{domain.World.Domain} before its document");
            domain.Watcher.HandsOver(served);
            hosting.Put(served.Text);
            instant(this, $"{domain.World.Domain} after its document");
        }
    }

    private (ImmutableArray<ApplyProblem> Problems, bool AnyWritten) Publish(Managed domain, ImmutableArray<OwnedRecord> missing, Intent intent)
    {
        if (missing.IsEmpty)
        {
            return ([], false);
        }

        // Nothing of it waits for anything: the virtual provider answers at once.
        var report = _publisher.PublishAsync(all.Provider, missing, Owner(domain), all.Engine.AdoptionOf(intent), CancellationToken.None).GetAwaiter().GetResult();
        return ([.. report.Outcomes.Select(o => Problem(o.Key, o.Value)).OfType<ApplyProblem>()], report.AnyWritten);
    }

    private void TakeDown(Managed domain)
    {
        var hosting = domain.World.Hosting;
        if (hosting.Document is not null)
        {
            domain.Watcher.TakesDown("the document");
            hosting.Put(null);
            instant(this, $"{domain.World.Domain} after its document was removed");
        }

        if (hosting.HasIngress)
        {
            hosting.RemoveIngress();
        }
    }

    private static ApplyProblem? Problem(RecordKey key, PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Refused refused => new ApplyProblem(refused.Reason, key.ToString(), refused.Message, NeedsSomebody: true),
        PublishOutcome.Failed { Fault: var fault } => new ApplyProblem(fault.Reason, key.ToString(), fault.Message, NeedsSomebody: !fault.Transient),
        _ => null,
    };

    private Fleet FleetOf(Managed domain)
    {
        var others = all.Domains.Where(d => d != domain).Select(d => d.Resource.Now).Where(s => Waves.HasMovedUp(s.State)).ToList();
        return new Fleet(others.Count(Waves.IsMoving), others.Count, others.Count(Waves.IsUnhealthy));
    }

    /// <summary>A look that found all in place. The next one in a world that stands still finds the same, so the facts are not collected and judged again.</summary>
    private sealed record Settled(Snapshot Of, Observed Seen, Evidence Evidence, Look Look, Finding? Waiting);
}
