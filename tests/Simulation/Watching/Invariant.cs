namespace MtaSts.Simulation.Watching;

/// <summary>What must hold at every instant. The numbers are those of the promises in the design.</summary>
internal enum Invariant
{
    /// <summary>While mail servers are healthy and their owner keeps to the book, no sender refuses.</summary>
    NoMailIsLost,

    /// <summary>1: a move up follows a whole healthy soak, as the facts had it, with approval, within windows.</summary>
    SoakBeforeMove,

    /// <summary>2: an id is in the DNS only while every replica serves its document, or after.</summary>
    DocumentBeforeId,

    /// <summary>3: the id is a function of the document.</summary>
    IdIsOfDocument,

    /// <summary>4: nothing is taken away while a sender holds an older policy.</summary>
    NothingGoesEarly,

    /// <summary>4: cachedUntil is never earlier than what a sender really holds.</summary>
    CachedUntilIsTrue,

    /// <summary>4: what is handed out is in the written ledger before.</summary>
    LedgerComesFirst,

    /// <summary>5: records of others survive.</summary>
    OthersSurvive,

    /// <summary>6: a look that found nothing wrong, and not all, does not set a soak back.</summary>
    UnknownIsNoFailure,

    /// <summary>7: no step down but by the owner, or by StepBack after a confirmed failure.</summary>
    NobodysLever,

    /// <summary>8: a pattern that an MX needs, live or still in a resolver, stays.</summary>
    NeededPatternStays,

    /// <summary>10: a settled domain costs no write and no call to a provider.</summary>
    RestIsFree,

    /// <summary>11: the end is the same with and without crashes.</summary>
    SameEnd,

    /// <summary>The domains of a class move in waves, and stop while too many are unhealthy.</summary>
    WaveIsKept,

    /// <summary>The strictest sender reads what is published.</summary>
    StrictestUnderstands,

    /// <summary>The status holds the whole state.</summary>
    StatusHoldsState,

    /// <summary>Once owner and world leave it in peace, a domain comes to its last stage, or is gone.</summary>
    ComesToRest,
}

/// <summary>An invariant does not hold: the end of a life.</summary>
internal sealed class Broken(Invariant invariant, DateTimeOffset at, string what) : Exception($"{at:yyyy-MM-dd HH:mm:ss} {invariant}: {what}")
{
    public Invariant Invariant => invariant;
}
