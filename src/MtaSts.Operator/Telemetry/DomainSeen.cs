using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Telemetry;

/// <summary>What the last look at a domain showed, for metrics alone: nothing is decided by it.</summary>
public sealed record DomainSeen
{
    /// <summary>The mail domain.</summary>
    public required string Domain { get; init; }

    /// <summary>Its class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Its stage; null before the first.</summary>
    public string? Stage { get; init; }

    /// <summary>The mode that its TXT record names; null while it names none.</summary>
    public StsMode? Mode { get; init; }

    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The last look at which every check had an answer, good or bad; where there was none yet, that from which on a check has had none.</summary>
    public required DateTimeOffset AnsweredAt { get; init; }

    /// <summary>What the checks found.</summary>
    public required ImmutableArray<CheckResult> Checks { get; init; }

    /// <summary>Since when the world, and nobody's choice, has kept it from going on in its stage without a break; null where it does not.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>The earliest moment of the next promotion; null where none is in sight.</summary>
    public DateTimeOffset? SoakUntil { get; init; }

    /// <summary>How much of the stage's soak is done, from 0 to 1; null in the last stage and before the first.</summary>
    public double? SoakProgress { get; init; }

    /// <summary>The end of the policy host's certificate, of the one that ends first; null where none was seen.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    /// <summary>The look that a pass has just had.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="className">The class.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="evidence">What it means.</param>
    /// <param name="decision">What follows.</param>
    /// <param name="stored">The checks in the status, as the passes before have left them: what a process that has just begun goes by.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="before">The look before, or null.</param>
    public static DomainSeen Of(
        Intent intent, string className, Observed observed, Evidence evidence, Decision decision, IReadOnlyList<CheckStatus>? stored, DateTimeOffset now, DomainSeen? before)
    {
        var state = decision.Next;
        var soak = intent.Stages.TakeWhile(s => s != intent.Stages[^1]).FirstOrDefault(s => s.Name == state.Stage)?.Soak;
        var unanswered = Unanswered(evidence);
        return new DomainSeen
        {
            Domain = intent.Domain.ToString(),
            ClassName = className,
            Stage = state.Stage,
            Mode = state.PublishedMode,
            At = now,
            AnsweredAt = unanswered.IsEmpty ? now : before?.AnsweredAt ?? Since(stored, unanswered, nameof(Finding.Unknown)) ?? now,
            Checks = evidence.Checks,
            HeldSince = !decision.IsHeld ? null : before is { HeldSince: { } since } && before.Stage == state.Stage ? since : HeldSinceOf(state, evidence, stored, now),
            SoakUntil = soak is { } whole ? state.Soak.Until(whole) : null,
            SoakProgress = soak is { } length && length > TimeSpan.Zero ? Math.Min(state.Soak.At(now) / length, 1) : null,
            CertificateUntil = observed.Policy.Fetches.Min(f => f.Certificate?.NotAfter),
        };
    }

    // Of all that the status keeps, this alone says for certain that there was no break: a check's finding has its moment for as long as it is the same one.
    private static DateTimeOffset HeldSinceOf(RolloutState state, Evidence evidence, IReadOnlyList<CheckStatus>? stored, DateTimeOffset now)
    {
        ImmutableArray<Check> unwell = [.. Evidence.Soaked.Where(c => evidence.Of(c) is not Finding.Healthy)];
        var since = Since(stored, unwell, nameof(Finding.Broken), nameof(Finding.Unknown)) ?? now;
        return state.StageEnteredAt > since && state.StageEnteredAt <= now ? state.StageEnteredAt.Value : since;
    }

    private static ImmutableArray<Check> Unanswered(Evidence evidence) => [.. Evidence.Soaked.Where(check =>
        evidence.Checks.Where(c => c.Check == check).Select(c => c.Finding).DefaultIfEmpty(evidence.Of(check)).Any(f => f is Finding.Unknown u && IsWantOfAnswer(check, u.Reason, evidence)))];

    // What is not published is not asked for; and where the domain has no mail server, or its policy host is known to be broken, there is no certificate to see.
    // Nothing is wrong with the looking then.
    private static bool IsWantOfAnswer(Check check, Reason reason, Evidence evidence) => (check, reason) switch
    {
        (_, Reason.RecordNotPublishedYet or Reason.PolicyNotServedYet or Reason.MxNull or Reason.MxMissing) => false,
        (Check.CertificateLifetime, Reason.NotObservedYet) => evidence.Of(Check.PolicyServed) is not Finding.Broken,
        _ => true,
    };

    private static DateTimeOffset? Since(IReadOnlyList<CheckStatus>? stored, ImmutableArray<Check> checks, params string[] outcomes) =>
        stored?.Where(s => outcomes.Contains(s.Outcome) && checks.Any(c => c.ToString() == s.Name)).Min(s => s.ObservedAt);
}
