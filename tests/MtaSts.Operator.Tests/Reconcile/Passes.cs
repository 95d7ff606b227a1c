using System.Collections.Immutable;
using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>Random states and outcomes of passes, as far apart as the types allow.</summary>
internal static class Passes
{
    public static readonly DateTimeOffset Now = new(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static readonly Intent Intent = new()
    {
        Domain = MailDomain.Parse("example.com"),
        Mx = [MxPattern.Parse("mx1.example.com"), MxPattern.Parse("*.mail.example.net")],
        Stages =
        [
            new("testing", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.FromDays(14)),
            new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), TimeSpan.FromDays(7)),
            new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero),
        ],
        Interval = TimeSpan.FromMinutes(5),
        CertificateLifeMin = TimeSpan.FromDays(3),
    };

    public static readonly Gen<DateTimeOffset> GenTime =
        Gen.Long[new DateTime(2020, 1, 1).Ticks, new DateTime(2090, 1, 1).Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    public static readonly Gen<Reason> GenReason = OneOf(Enum.GetValues<Reason>());

    private static readonly Gen<string> GenWord = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789 \"\\é雪"].Array[1, 30].Select(c => new string(c));

    private static readonly Gen<StsMode> GenMode = OneOf(Enum.GetValues<StsMode>());

    private static readonly Gen<PolicyId> GenId =
        Gen.Char["abcXYZ0123456789"].Array[1, 32].Select(c => PolicyId.TryParse(new string(c), out var id) ? id : throw new InvalidOperationException());

    private static readonly Gen<PolicyDocument> GenDocument =
        from mode in GenMode
        from mx in OneOf("mx1.example.com", "*.mail.example.net", "xn--bcher-kva.example", "a.b.c.d.example.org").Array[0, 5]
        from maxAge in Gen.Long[0, StsPolicy.MaxAgeSecondsMax]
        select PolicyDocument.Of(new StsPolicy(mode, [.. mx.Select(MxPattern.Parse)], maxAge));

    private static readonly Gen<SoakClock> GenSoak =
        from elapsed in Gen.Long[0, Durations.Max.Ticks]
        from none in Gen.Bool
        from until in OrNone(GenTime)
        from since in OrNone(GenTime)
        select new SoakClock(none ? TimeSpan.Zero : TimeSpan.FromTicks(elapsed), until, since);

    private static readonly Gen<Transition> GenMove =
        from at in GenTime
        from first in Gen.Bool
        from names in Gen.Select(GenWord, GenWord)
        from reason in GenReason
        select new Transition(at, first ? null : names.Item1, names.Item2, reason);

    private static readonly Gen<LedgerEntry> GenEntry =
        from id in GenId
        from document in GenDocument
        from since in GenTime
        from until in OrNone(GenTime)
        from replaced in Gen.Bool
        from ttl in Gen.Long[0, int.MaxValue]
        select new LedgerEntry(id, document.Policy, since) { Until = until, IsReplaced = replaced && until is not null, TtlSeconds = ttl };

    private static readonly Gen<KeptPattern> GenKept =
        from pattern in OneOf("mx1.example.com", "*.mail.example.net", "localhost")
        from why in GenReason
        from until in OrNone(GenTime)
        from ttl in Gen.Long[0, int.MaxValue]
        select new KeptPattern(MxPattern.TryParseAny(pattern, out var parsed, out _) ? parsed : throw new InvalidOperationException(), why, until, ttl);

    private static readonly Gen<Regression> GenRegression =
        from times in Gen.Select(GenTime, GenTime)
        from looks in Gen.Int[1, 20]
        select new Regression(times.Item1, times.Item2, looks);

    private static readonly Gen<(Ledger Ledger, ImmutableArray<KeptPattern> Kept, Regression? Regression, DateTimeOffset? SettledAt, DateTimeOffset? SeenAt, bool Withdrawn)> GenMemory =
        from entries in GenEntry.Array[0, 4]
        from kept in GenKept.Array[0, 3]
        from regression in OrNull(GenRegression)
        from times in Gen.Select(OrNone(GenTime), OrNone(GenTime))
        from withdrawn in Gen.Bool
        select (new Ledger([.. entries.DistinctBy(e => e.Id)]), kept.ToImmutableArray(), regression, times.Item1, times.Item2, withdrawn);

    /// <summary>Every field by itself: there or not, near the others or not.</summary>
    public static readonly Gen<RolloutState> GenState =
        from stage in OrNull(OneOf("testing", "enforce-1d", "enforce", "none", "gone"))
        from times in Gen.Select(OrNone(GenTime), OrNone(GenTime))
        from served in OrNull(GenDocument)
        from ids in Gen.Select(OrNull(GenId), OrNull(GenId))
        from mode in OrNone(GenMode)
        from soak in GenSoak
        from history in GenMove.Array[0, RolloutState.HistoryMax]
        from settled in Gen.Bool
        from memory in GenMemory
        select new RolloutState
        {
            Ledger = memory.Ledger,
            KeptMx = memory.Kept,
            Regression = memory.Regression,
            SettledAt = memory.SettledAt,
            ServedSeenAt = memory.SeenAt,
            Withdrawn = memory.Withdrawn,
            Stage = stage,
            StageEnteredAt = times.Item1,
            Served = served,
            PublishedId = settled && served is not null ? served.Id : ids.Item1,
            PublishedMode = mode,
            PreviousId = ids.Item2,
            PublishedAt = times.Item2,
            Soak = soak,
            History = [.. history],
        };

    public static readonly Gen<Finding> GenFinding = Gen.Frequency(
        (4, Gen.Const<Finding>(new Finding.Healthy())),
        (1, GenWord.Select(Finding (note) => new Finding.Healthy(note))),
        (1, Gen.Select(GenReason, GenWord, GenWord).Select(Finding (f) => new Finding.Broken(f.Item1, f.Item2, f.Item3))),
        (1, Gen.Select(GenReason, GenWord, GenWord).Select(Finding (f) => new Finding.Unknown(f.Item1, f.Item2, f.Item3))));

    public static readonly Gen<Evidence> GenEvidence =
        from findings in GenFinding.Array[6]
        from owner in OneOf(Enum.GetValues<LiveOwner>())
        from known in Gen.Bool
        select new Evidence
        {
            Checks = [.. findings.Select((f, i) => new CheckResult((Check)i, f))],
            LiveMx = ["mx1.example.com"],
            LiveMxKnown = known,
            Owner = owner,
            WatchedSince = Now.AddDays(-1),
        };

    private static readonly Gen<ApplyProblem> GenProblem =
        from reason in GenReason
        from words in Gen.Select(GenWord, GenWord)
        from needs in Gen.Bool
        select new ApplyProblem(reason, words.Item1, words.Item2, needs);

    private static readonly Gen<ImmutableArray<ApplyProblem>> GenProblems =
        Gen.Frequency((3, Gen.Const(ImmutableArray<ApplyProblem>.Empty)), (1, GenProblem.Array[1, 3].Select(p => p.ToImmutableArray())));

    /// <summary>A decision of the engine itself, over any state and evidence.</summary>
    public static readonly Gen<PassOutcome> GenDecided =
        from state in GenState
        from evidence in GenEvidence
        from dns in GenProblems
        from serving in GenProblems
        from target in OneOf(Enum.GetValues<TargetMode>())
        from paused in Gen.Bool
        select Decided(Intent with { Target = target, Paused = paused }, state, evidence) with { DnsProblems = dns, ServingProblems = serving };

    public static readonly Gen<PassOutcome> GenOutcome = Gen.Frequency(
        (8, GenDecided),
        (1, Gen.Select(GenReason, GenWord).Select(r => new PassOutcome { Rejection = (r.Item1, r.Item2) })),
        (1, GenWord.Select(other => new PassOutcome { ClaimedBy = other, Intent = Intent })));

    public static PassOutcome Decided(Intent intent, RolloutState state, Evidence evidence) =>
        new() { Intent = intent, Evidence = evidence, Decision = Decider.Decide(intent, state, evidence, Now) };

    public static Evidence Healthy() => new()
    {
        Checks = [.. Enum.GetValues<Check>().Select(c => new CheckResult(c, new Finding.Healthy()))],
        LiveMx = ["mx1.example.com"],
        LiveMxKnown = true,
        Owner = LiveOwner.None,
        WatchedSince = Now.AddDays(-1),
    };

    public static Evidence With(this Evidence evidence, Check check, params Finding[] findings) =>
        evidence with { Checks = [.. evidence.Checks.Where(c => c.Check != check), .. findings.Select(f => new CheckResult(check, f))] };

    /// <summary>One of a few values.</summary>
    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> OrNone<T>(Gen<T> gen)
        where T : struct =>
        from none in Gen.Int[0, 2]
        from value in gen
        select none == 0 ? (T?)null : value;

    private static Gen<T?> OrNull<T>(Gen<T> gen)
        where T : class =>
        from none in Gen.Int[0, 2]
        from value in gen
        select none == 0 ? null : value;
}
