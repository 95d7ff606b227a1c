using System.Collections.Immutable;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>
/// Where a domain stands. All of it is in the resource's status, nothing in memory; it is written before its effects are, so that an
/// operator that dies between the two does the same again.
/// </summary>
public sealed record RolloutState
{
    /// <summary>A domain of which nothing is known.</summary>
    public static readonly RolloutState Empty = new();

    /// <summary>How many transitions the history keeps.</summary>
    public const int HistoryMax = 10;

    /// <summary>The stage that the domain is in, or null before the first.</summary>
    public string? Stage { get; init; }

    /// <summary>When it entered that stage.</summary>
    public DateTimeOffset? StageEnteredAt { get; init; }

    /// <summary>The document that the policy server is given, or null before the first.</summary>
    public PolicyDocument? Served { get; init; }

    /// <summary>The id that the TXT record names, or is about to; null before the first.</summary>
    public PolicyId? PublishedId { get; init; }

    /// <summary>The mode of the document with that id.</summary>
    public StsMode? PublishedMode { get; init; }

    /// <summary>The id that the TXT record named before; servers may still give it while the new one spreads.</summary>
    public PolicyId? PreviousId { get; init; }

    /// <summary>Since when <see cref="PublishedId"/> is what the TXT record should say.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Until when a sender may hold an enforced policy that is not served any more; null when none can. What is served now is not counted.</summary>
    public DateTimeOffset? CachedUntil { get; init; }

    /// <summary>The soak of the present stage.</summary>
    public SoakClock Soak { get; init; } = SoakClock.Zero;

    /// <summary>The last transitions, the newest last.</summary>
    public ImmutableArray<Transition> History { get; init; } = [];

    /// <summary>True when the TXT record names the document that is served.</summary>
    public bool IsPublished => Served is not null && PublishedId == Served.Id;

    /// <summary>The state after a move to another stage; the soak begins anew.</summary>
    public RolloutState Enter(Stage stage, Observations.Reason reason, DateTimeOffset now)
    {
        var history = History.Add(new Transition(now, Stage, stage.Name, reason));
        return this with
        {
            Stage = stage.Name,
            StageEnteredAt = now,
            Soak = SoakClock.Zero,
            History = history.Length > HistoryMax ? history[^HistoryMax..] : history,
        };
    }

    /// <summary>True when nothing differs that has an effect outside: stage, document, id.</summary>
    public bool SameEffects(RolloutState other) =>
        Stage == other.Stage && Served == other.Served && PublishedId == other.PublishedId && PreviousId == other.PreviousId;

    /// <inheritdoc/>
    public bool Equals(RolloutState? other) =>
        other is not null && SameEffects(other) && StageEnteredAt == other.StageEnteredAt && PublishedMode == other.PublishedMode
        && PublishedAt == other.PublishedAt && CachedUntil == other.CachedUntil && Soak == other.Soak && History.SequenceEqual(other.History);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stage, StageEnteredAt, Served, PublishedId, Soak);
}
