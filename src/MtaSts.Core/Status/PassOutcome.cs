using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Status;

/// <summary>Something that one pass could not do.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Subject">The record or object concerned.</param>
/// <param name="Message">One sentence.</param>
/// <param name="NeedsSomebody">True when trying again alone will not help.</param>
public sealed record ApplyProblem(Reason Reason, string Subject, string Message, bool NeedsSomebody)
{
    /// <summary>What somebody has to do to a zone, in the form of a zone file; empty where that is not the way out.</summary>
    public ImmutableArray<string> ByHand { get; init; } = [];

    /// <summary>When to try again, where it is known; null: by back-off. It is in no status, and so no part of what makes two problems the same.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <inheritdoc/>
    public bool Equals(ApplyProblem? other) => other is not null
        && (Reason, Subject, Message, NeedsSomebody) == (other.Reason, other.Subject, other.Message, other.NeedsSomebody) && ByHand.SequenceEqual(other.ByHand);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reason, Subject, Message, NeedsSomebody);
}

/// <summary>What one pass over a policy came to; the status is a function of it.</summary>
public sealed record PassOutcome
{
    /// <summary>Why the resource is not accepted, or null when it is.</summary>
    public (Reason Reason, string Message)? Rejection { get; init; }

    /// <summary>Namespace and name of the resource that has the domain, or null when this one has it.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>What is wanted; null when not accepted.</summary>
    public Intent? Intent { get; init; }

    /// <summary>What was seen; null when nothing was looked at.</summary>
    public Evidence? Evidence { get; init; }

    /// <summary>What was decided; null when nothing was looked at.</summary>
    public Decision? Decision { get; init; }

    /// <summary>What could not be written to the DNS.</summary>
    public ImmutableArray<ApplyProblem> DnsProblems { get; init; } = [];

    /// <summary>What could not be written to the API server for serving the policy.</summary>
    public ImmutableArray<ApplyProblem> ServingProblems { get; init; } = [];
}
