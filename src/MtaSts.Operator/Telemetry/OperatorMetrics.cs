using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Telemetry;

/// <summary>
/// The operator's instruments, in seconds and ratios. Labels are bounded: kinds, classes, stages, reasons and providers; single domains are named only where
/// something is wrong with them, and no more than <see cref="NamedMax"/> at a time.
/// </summary>
public sealed class OperatorMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MtaSts.Operator";

    /// <summary>How many domains one instrument names at most: where there are more, those that are worst off.</summary>
    public const int NamedMax = 500;

    /// <summary>
    /// How many series each instrument that names domains may have had since the process began. The collecting side never lets go of one, so that with its own
    /// limit of 2,000 the domains of today would find the places taken by those of last month. It keeps room for them all from the beginning: 5 MB an instrument.
    /// </summary>
    public const int NamedSeriesMax = 50_000;

    /// <summary>The instruments that name domains.</summary>
    public static readonly ImmutableArray<string> Naming = [Problem, CertificateLife, RemovalOverdue];

    private const string Problem = "mtasts.domain.problem";
    private const string CertificateLife = "mtasts.domain.certificate.life";
    private const string RemovalOverdue = "mtasts.domain.removal.overdue";

    // Domains whose policy host's certificate ends sooner than this are named.
    private static readonly TimeSpan CertificateSoon = TimeSpan.FromDays(30);

    private readonly MetricsSources _sources;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _publishes;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Where meters come from.</param>
    /// <param name="sources">What they look at when somebody asks.</param>
    public OperatorMetrics(IMeterFactory meters, MetricsSources sources)
    {
        _sources = sources;
        var meter = meters.Create(MeterName);
        _transitions = meter.CreateCounter<long>("mtasts.transitions", "{transition}", "Moves of domains between stages, up and down, by the reason in status.history.");
        _publishes = meter.CreateCounter<long>("mtasts.provider.publishes", "{domain}", "Times that a domain's records were brought to a provider, by what came of it: AsExpected, or the reason of the fault.");

        meter.CreateObservableGauge("mtasts.domains", Domains, "{domain}", "Domains by class, stage and the mode that their TXT record names.");
        meter.CreateObservableGauge("mtasts.resources", Resources, "{resource}", "Resources by whether they are as they should be, and the reason: a policy's and a retirement's condition Ready, a provider's Accepted, a class's Accepted and ServingReady.");
        meter.CreateObservableGauge("mtasts.checks", Checks, "{domain}", "Domains by what each check found last: its outcome and reason.");
        meter.CreateObservableGauge(Problem, Problems, "{problem}", $"1 for each broken check of a domain; of at most {NamedMax} domains.");
        meter.CreateObservableGauge(CertificateLife, CertificateLives, "s", $"How long the policy host's certificate is still valid, for domains where that is less than {CertificateSoon.Days} days; of at most {NamedMax} domains.");
        meter.CreateObservableGauge(RemovalOverdue, Overdue, "s", $"How long ago records and policy of a domain that is taken down should have gone; of at most {NamedMax} domains.");
        meter.CreateObservableGauge("mtasts.soak.progress", SoakProgress, "1", "How much of the soak is done, by class and stage: that of the domain that has most before it, from 0 to 1.");
        meter.CreateObservableGauge("mtasts.soak.remaining", SoakRemaining, "s", "How long until every domain of a class and stage has soaked, if all stay healthy; domains whose clock stands still are not counted.");
        meter.CreateObservableGauge("mtasts.soak.held", SoakHeld, "{domain}", "Domains that would move up by themselves and whose clock stands still, by class and stage.");
        meter.CreateObservableGauge("mtasts.soak.held.longest", SoakHeldLongest, "s", "How long the clock of such a domain has stood still, by class and stage: that of the domain for which it is longest.");
        meter.CreateObservableGauge("mtasts.look.age", LookAge, "s", "How long ago the domain of a class that has waited longest was looked at.");
        meter.CreateObservableGauge("mtasts.answer.age", AnswerAge, "s", "How long ago every check of a domain had an answer, good or bad: that of the domain of a class for which it is longest.");
        meter.CreateObservableGauge("mtasts.certificate.life.min", CertificateLifeMin, "s", "The shortest life left of the policy hosts' certificates of a class.");
        meter.CreateObservableGauge("mtasts.queue.waiting", () => Queues(q => q.Waiting), "{key}", "Resources that wait for a worker.");
        meter.CreateObservableGauge("mtasts.queue.running", () => Queues(q => q.Running), "{key}", "Resources that are worked on.");
        meter.CreateObservableGauge("mtasts.queue.delayed", () => Queues(q => q.Delayed), "{key}", "Resources that wait for their time.");
        meter.CreateObservableGauge("mtasts.cache.objects", CacheObjects, "{object}", "Objects in the cache of a kind.");
        meter.CreateObservableGauge("mtasts.watch.age", WatchAge, "s", "How long ago the API server was last heard on the watch of a kind; without the kinds that a cluster need not have and that could not be listed yet.");
        meter.CreateObservableGauge("mtasts.leader", () => sources.IsLeader() ? 1 : 0, "{leader}", "1 on the replica that leads, 0 on those that wait.");
        meter.CreateObservableGauge("mtasts.provider.requests.limit", () => Limits(h => h.RequestsMax), "{request}", "The limit on requests that is kept to, for providers that have one.");
        meter.CreateObservableGauge("mtasts.provider.requests.left", () => Limits(h => h.WithoutWaiting), "{request}", "Requests that could be made now without waiting, for providers that have a limit.");
        meter.CreateObservableGauge("mtasts.provider.requests.blocked", () => Limits(h => h.BlockedFor.TotalSeconds), "s", "How long no request is made because the provider asked for it.");
    }

    /// <summary>A domain moved.</summary>
    public void Moved(string className, Transition move) => Count(1, className, move.From, move.To, move.Reason);

    /// <summary>
    /// A class has these stages: the moves between them are counted from zero on. Of a series that begins with its first move Prometheus would see no increase.
    /// </summary>
    /// <param name="className">The class.</param>
    /// <param name="stages">Its stages, in their order.</param>
    public void Expect(string className, IReadOnlyList<Stage> stages)
    {
        Count(0, className, null, stages[0].Name, Reason.Started);
        var testing = stages.Last(s => s.Mode == StsMode.Testing);
        foreach (var (before, stage) in stages.Zip(stages.Skip(1)))
        {
            Count(0, className, before.Name, stage.Name, Reason.SoakElapsed);
            if (stage.Mode == StsMode.Enforce)
            {
                Count(0, className, stage.Name, testing.Name, Reason.SteppedBack);
            }
        }
    }

    /// <summary>A domain's records were brought to a provider.</summary>
    public void Published(string provider, Reason came) => _publishes.Add(1, new("provider", provider), new("reason", came.ToString()));

    private void Count(int moves, string className, string? from, string to, Reason reason) => _transitions.Add(
        moves, new("class", className), new("from", from ?? "nothing"), new("to", to), new("reason", reason.ToString()));

    private IEnumerable<KeyValuePair<(string Kind, ObjectKey Key), DomainSeen>> All => _sources.IsLeader() ? _sources.Board.All : [];

    private IEnumerable<KeyValuePair<(string Kind, ObjectKey Key), DomainSeen>> Named<TRank>(Func<DomainSeen, bool> wanted, Func<DomainSeen, TRank> rank) =>
        WorstOf(All.Where(d => wanted(d.Value)), d => rank(d.Value), d => d.Key.Key);

    // The worst first; then by name, so that the choice stays the same.
    private static IEnumerable<T> WorstOf<T, TRank>(IEnumerable<T> all, Func<T, TRank> rank, Func<T, ObjectKey> key) =>
        all.OrderBy(rank).ThenBy(one => key(one).ToString(), StringComparer.Ordinal).Take(NamedMax);

    private IEnumerable<Measurement<long>> Domains() => All
        .GroupBy(d => (d.Value.ClassName, Stage: StageOf(d.Value), Mode: ModeOf(d.Value)))
        .Select(g => new Measurement<long>(g.Count(), new("class", g.Key.ClassName), new("stage", g.Key.Stage), new("mode", g.Key.Mode)));

    private IEnumerable<Measurement<long>> Resources() => (_sources.IsLeader() ? _sources.Statuses() : [])
        .GroupBy(s => s)
        .Select(g => new Measurement<long>(g.Count(), new("kind", g.Key.Kind), new("ready", g.Key.Ready), new("reason", g.Key.Reason)));

    private IEnumerable<Measurement<long>> Checks() => All
        .SelectMany(d => d.Value.Checks.GroupBy(c => c.Check, c => c.Finding).Select(c => (Check: c.Key, Finding: Outcome(Finding.Worst(c)))))
        .GroupBy(c => c)
        .Select(g => new Measurement<long>(
            g.Count(), new("check", g.Key.Check.ToString()), new("outcome", g.Key.Finding.Outcome), new("reason", g.Key.Finding.Reason.ToString())));

    private IEnumerable<Measurement<long>> Problems() =>
        from d in Named(d => d.Checks.Any(c => c.Finding is Finding.Broken), RankOf)
        from check in d.Value.Checks.Where(c => c.Finding is Finding.Broken).GroupBy(c => c.Check)
        select new Measurement<long>(
            1, [.. NamesOf(d), new("mode", ModeOf(d.Value)), new("check", check.Key.ToString()), new("reason", ((Finding.Broken)check.First().Finding).Reason.ToString())]);

    private IEnumerable<Measurement<double>> CertificateLives() => Named(d => Left(d.CertificateUntil) < CertificateSoon, d => d.CertificateUntil)
        .Select(d => new Measurement<double>(Left(d.Value.CertificateUntil)!.Value.TotalSeconds, NamesOf(d)));

    private IEnumerable<Measurement<double>> Overdue() =>
        WorstOf((_sources.IsLeader() ? _sources.Removals() : []).Where(r => Left(r.At) < TimeSpan.Zero), r => r.At, r => r.Key)
        .Select(r => new Measurement<double>(-Left(r.At)!.Value.TotalSeconds, NamesOf(r.Kind, r.Key, r.Domain, r.ClassName)));

    private IEnumerable<Measurement<double>> SoakProgress() => Soaking(d => d.SoakProgress is not null, g => g.Min(d => d.SoakProgress!.Value));

    private IEnumerable<Measurement<double>> SoakRemaining() =>
        Soaking(d => d.SoakUntil is not null, g => g.Max(d => Math.Max(Left(d.SoakUntil)!.Value.TotalSeconds, 0)));

    private IEnumerable<Measurement<double>> SoakHeld() =>
        Soaking(IsHeld, g => g.Count());

    private IEnumerable<Measurement<double>> SoakHeldLongest() => Soaking(IsHeld, g => g.Max(d => -Left(d.HeldSince)!.Value.TotalSeconds));

    private IEnumerable<Measurement<double>> LookAge() => OfClasses(d => true, g => g.Max(d => -Left(d.At)!.Value.TotalSeconds));

    private IEnumerable<Measurement<double>> AnswerAge() => OfClasses(d => d.Stage is not null, g => g.Max(d => -Left(d.AnsweredAt)!.Value.TotalSeconds));

    private IEnumerable<Measurement<double>> CertificateLifeMin() =>
        OfClasses(d => d.CertificateUntil is not null, g => g.Min(d => Left(d.CertificateUntil)!.Value.TotalSeconds));

    private IEnumerable<Measurement<double>> Soaking(Func<DomainSeen, bool> counts, Func<IEnumerable<DomainSeen>, double> figure) => All
        .Select(d => d.Value).Where(counts).GroupBy(d => (d.ClassName, Stage: StageOf(d)))
        .Select(g => new Measurement<double>(figure(g), new("class", g.Key.ClassName), new("stage", g.Key.Stage)));

    private IEnumerable<Measurement<double>> OfClasses(Func<DomainSeen, bool> counts, Func<IEnumerable<DomainSeen>, double> figure) => All
        .Select(d => d.Value).Where(counts).GroupBy(d => d.ClassName)
        .Select(g => new Measurement<double>(figure(g), new KeyValuePair<string, object?>("class", g.Key)));

    private IEnumerable<Measurement<long>> Queues(Func<QueueFigures, long> figure) =>
        _sources.Queues().Select(q => new Measurement<long>(figure(q), new KeyValuePair<string, object?>("kind", q.Kind)));

    private IEnumerable<Measurement<long>> CacheObjects() => _sources.Informers.GroupBy(i => i.Kind.Kind)
        .Select(g => new Measurement<long>(g.Sum(i => i.Count), new KeyValuePair<string, object?>("kind", g.Key)));

    // Of a kind that the cluster lacks, or keeps from the operator, nothing will ever be heard; the class that asks for it says so in its status.
    private IEnumerable<Measurement<double>> WatchAge() => _sources.Informers.Where(i => i.HasSynced || !i.IsOptional).GroupBy(i => i.Kind.Kind)
        .Select(g => new Measurement<double>(g.Max(i => -Left(i.LastActivity)!.Value.TotalSeconds), new KeyValuePair<string, object?>("kind", g.Key)));

    private IEnumerable<Measurement<double>> Limits(Func<RequestHeadroom, double> figure) => (_sources.IsLeader() ? _sources.Limits() : [])
        .Select(l => new Measurement<double>(figure(l.Headroom), new KeyValuePair<string, object?>("provider", l.Provider)));

    private TimeSpan? Left(DateTimeOffset? until) => until - _sources.Time.GetUtcNow();

    private static KeyValuePair<string, object?>[] NamesOf(KeyValuePair<(string Kind, ObjectKey Key), DomainSeen> d) =>
        NamesOf(d.Key.Kind, d.Key.Key, d.Value.Domain, d.Value.ClassName);

    private static KeyValuePair<string, object?>[] NamesOf(string kind, ObjectKey key, string domain, string className) =>
        [new("kind", kind), new("resource", key.ToString()), new("domain", domain), new("class", className)];

    // By what its mail has to fear: an enforced domain at which senders refuse to deliver, another enforced one, the rest.
    private static int RankOf(DomainSeen d) =>
        d.Mode != StsMode.Enforce ? 2
        : d.Checks.Any(c => c.Finding is Finding.Broken && Evidence.Refusing.Contains(c.Check)) ? 0
        : 1;

    private static bool IsHeld(DomainSeen d) => d is { SoakUntil: null, SoakProgress: not null, HeldSince: not null };

    private static string StageOf(DomainSeen d) => d.Stage ?? "none";

    private static string ModeOf(DomainSeen d) => d.Mode?.ToString().ToLowerInvariant() ?? "unpublished";

    private static (string Outcome, Reason Reason) Outcome(Finding finding) => finding switch
    {
        Finding.Broken broken => (nameof(Finding.Broken), broken.Reason),
        Finding.Unknown unknown => (nameof(Finding.Unknown), unknown.Reason),
        _ => (nameof(Finding.Healthy), Reason.AsExpected),
    };
}
