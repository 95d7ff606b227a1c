using System.Collections.Immutable;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Rollout;

/// <summary>What follows from one look at a domain.</summary>
public sealed record Decision
{
    /// <summary>The state to write before anything else is done.</summary>
    public required RolloutState Next { get; init; }

    /// <summary>The stage that the domain is in; null while nothing is published.</summary>
    public Stage? Stage { get; init; }

    /// <summary>The moves that happened, usually none.</summary>
    public required ImmutableArray<Transition> Transitions { get; init; }

    /// <summary>Why the domain does not go on now: the first gate that is shut. Null right after a move.</summary>
    public Finding? Waiting { get; init; }

    /// <summary>True where the world, and nobody's choice, keeps the domain from going on: a check is broken, has no answer, or something spreads.</summary>
    public bool IsHeld => Waiting is Finding.Broken || (Waiting is Finding.Unknown unknown && !Gates.IsRest(unknown.Reason));

    /// <summary>When to look again, counted from now; positive.</summary>
    public required TimeSpan LookAgain { get; init; }
}
