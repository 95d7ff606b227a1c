using System.Collections.Immutable;
using MtaSts.Core.Observations;
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

    /// <summary>Where the history says that a domain went that was taken down.</summary>
    public const string Removed = "removed";

    /// <summary>How many transitions the history keeps.</summary>
    public const int HistoryMax = 10;

    /// <summary>The stage that the domain is in, or null before the first.</summary>
    public string? Stage { get; init; }

    /// <summary>When it entered that stage.</summary>
    public DateTimeOffset? StageEnteredAt { get; init; }

    /// <summary>The first moment in that stage at which every check was healthy; null before.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>The document that the policy server is given, or null before the first.</summary>
    public PolicyDocument? Served { get; init; }

    /// <summary>While the TXT record does not name that document yet: since when it has been seen at every address without a break; else null.</summary>
    public DateTimeOffset? ServedSeenAt { get; init; }

    /// <summary>The id that the TXT record names, or is about to; null before the first.</summary>
    public PolicyId? PublishedId { get; init; }

    /// <summary>The mode of the document with that id.</summary>
    public StsMode? PublishedMode { get; init; }

    /// <summary>The id that the TXT record named before; servers may still give it while the new one spreads.</summary>
    public PolicyId? PreviousId { get; init; }

    /// <summary>Since when <see cref="PublishedId"/> is what the TXT record should say.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Every policy that some sender may hold.</summary>
    public Ledger Ledger { get; init; } = Ledger.Empty;

    /// <summary>The patterns that are served although <c>spec.mx</c> no longer has them.</summary>
    public ImmutableArray<KeptPattern> KeptMx { get; init; } = [];

    /// <summary>The failure of the mail servers that is being confirmed; null while there is none, or nothing follows from one.</summary>
    public Regression? Regression { get; init; }

    /// <summary>True from the decision to take records and policy away, until the domain begins anew.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>The soak of the present stage.</summary>
    public SoakClock Soak { get; init; } = SoakClock.Zero;

    /// <summary>The last transitions, the newest last.</summary>
    public ImmutableArray<Transition> History { get; init; } = [];

    /// <summary>True when the TXT record names the document that is served.</summary>
    public bool IsPublished => Served is not null && PublishedId == Served.Id;

    /// <summary>For a domain that is being taken down: when records and policy go; null while that is not known, or not so.</summary>
    public DateTimeOffset? RemoveAt => Served?.Policy.Mode == StsMode.None && Ledger.Binding.All(e => e.IsReplaced) ? Ledger.Binding.Max(e => e.ExpiresAt) : null;

    /// <summary>The state after a move to another stage; the soak begins anew.</summary>
    public RolloutState Enter(Stage stage, Reason reason, DateTimeOffset now) => Note(stage.Name, reason, now) with
    {
        Stage = stage.Name,
        StageEnteredAt = now,
        SettledAt = null,
        Soak = SoakClock.Zero,
        Regression = null,
        Withdrawn = false,
    };

    /// <summary>The state in which nothing is published and nothing served any more. What senders may still hold is not forgotten.</summary>
    public RolloutState Withdraw(Reason reason, DateTimeOffset now) => Empty with
    {
        History = Note(Removed, reason, now).History,
        Ledger = Ledger,
        Withdrawn = true,
    };

    /// <summary>The state with one more entry in its history.</summary>
    public RolloutState Note(string to, Reason reason, DateTimeOffset now)
    {
        var history = History.Add(new Transition(now, Stage, to, reason));
        return this with { History = history.Length > HistoryMax ? history[^HistoryMax..] : history };
    }

    /// <summary>True when nothing differs that has an effect outside: stage, document, id, and whether all of it goes.</summary>
    public bool SameEffects(RolloutState other) =>
        Stage == other.Stage && Served == other.Served && PublishedId == other.PublishedId && PreviousId == other.PreviousId && Withdrawn == other.Withdrawn;

    /// <inheritdoc/>
    public bool Equals(RolloutState? other) =>
        other is not null && SameEffects(other) && StageEnteredAt == other.StageEnteredAt && SettledAt == other.SettledAt && ServedSeenAt == other.ServedSeenAt && PublishedMode == other.PublishedMode
        && PublishedAt == other.PublishedAt && Ledger == other.Ledger && KeptMx.SequenceEqual(other.KeptMx) && Regression == other.Regression
        && Soak == other.Soak && History.SequenceEqual(other.History);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stage, StageEnteredAt, Served, PublishedId, Soak);
}
