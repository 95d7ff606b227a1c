using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

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

    /// <summary>The last look at which every check had an answer, good or bad; that of the first look where there was none yet.</summary>
    public required DateTimeOffset AnsweredAt { get; init; }

    /// <summary>What the checks found.</summary>
    public required ImmutableArray<CheckResult> Checks { get; init; }

    /// <summary>True where the world, and nobody's choice, keeps it from going on.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The earliest moment of the next promotion; null where none is in sight.</summary>
    public DateTimeOffset? SoakUntil { get; init; }

    /// <summary>How much of the stage's soak is done, from 0 to 1; null in the last stage and before the first.</summary>
    public double? SoakProgress { get; init; }

    /// <summary>The end of the policy host's certificate, of the one that ends first; null where none was seen.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    /// <summary>When records and policy are due to go; null where they are not.</summary>
    public DateTimeOffset? RemoveAt { get; init; }

    /// <summary>The look that a pass has just had.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="className">The class.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="evidence">What it means.</param>
    /// <param name="decision">What follows.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="before">The look before, or null.</param>
    public static DomainSeen Of(
        Intent intent, string className, Observed observed, Evidence evidence, Decision decision, DateTimeOffset now, DomainSeen? before)
    {
        var state = decision.Next;
        var soak = intent.Stages.TakeWhile(s => s != intent.Stages[^1]).FirstOrDefault(s => s.Name == state.Stage)?.Soak;
        return new DomainSeen
        {
            Domain = intent.Domain.ToString(),
            ClassName = className,
            Stage = state.Stage,
            Mode = state.PublishedMode,
            At = now,
            AnsweredAt = evidence.Verdict(Evidence.Soaked) is null ? before?.AnsweredAt ?? now : now,
            Checks = evidence.Checks,
            IsHeld = decision.IsHeld,
            SoakUntil = soak is { } whole ? state.Soak.Until(whole) : null,
            SoakProgress = soak is { } length && length > TimeSpan.Zero ? Math.Min(state.Soak.At(now) / length, 1) : null,
            CertificateUntil = observed.Policy.Fetches.Min(f => f.Certificate?.NotAfter),
            RemoveAt = state.Withdrawn ? null : state.RemoveAt,
        };
    }
}
