using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Simulation.Operating;

namespace MtaSts.Simulation.Mutants;

/// <summary>Names the new id at once, before its document is anywhere.</summary>
internal sealed class IdBeforeDocument : Engine
{
    public override Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var decision = base.Decide(intent, state, evidence, now);
        return decision.Next is { Served: { } served, IsPublished: false } next
            ? decision with { Next = next with { PublishedId = served.Id, PublishedMode = served.Policy.Mode, PublishedAt = now, PreviousId = next.PublishedId } }
            : decision;
    }
}

/// <summary>Serves a document without the patterns that have to be kept.</summary>
internal sealed class DropsPatterns : Engine
{
    public override Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var decision = base.Decide(intent, state, evidence, now);
        if (decision is not { Next: { Served: { } served } next, Stage: { } stage } || Decider.DocumentOf(intent, stage) is not { } bare || bare == served)
        {
            return decision;
        }

        return decision with { Next = next with { Served = bare, KeptMx = [], Ledger = next.Ledger.Serve(bare, now) } };
    }
}

/// <summary>Lets the soak run on over a broken check.</summary>
internal sealed class KeepsTheSoak : Engine
{
    public override Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var decision = base.Decide(intent, state, evidence, now);
        return decision.Next.Soak == SoakClock.Zero && state.Soak != SoakClock.Zero && decision.Next.Stage == state.Stage
            ? decision with { Next = decision.Next with { Soak = state.Soak with { CountedUntil = now } } }
            : decision;
    }
}

/// <summary>Reads the evidence and bends it.</summary>
internal sealed class Misreads(Func<Evidence, RolloutState, Evidence> bend) : Engine
{
    public override Evidence Read(Intent intent, RolloutState state, Observed observed, string ownerId, DateTimeOffset watchedSince, DateTimeOffset now) =>
        bend(base.Read(intent, state, observed, ownerId, watchedSince, now), state);

    /// <summary>An unknown finding as another one.</summary>
    public static Misreads UnknownAs(Func<Finding.Unknown, Finding> other) => new((evidence, _) => evidence with
    {
        Checks = [.. evidence.Checks.Select(c => c.Finding is Finding.Unknown unknown ? c with { Finding = other(unknown) } : c)],
    });
}

/// <summary>Decides for another intent than the owner's.</summary>
internal sealed class Mishears(Func<Intent, Intent> bend) : Engine
{
    public override Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now) => base.Decide(bend(intent), state, evidence, now);
}

/// <summary>Keeps a ledger that is not true.</summary>
internal sealed class Misremembers(Func<LedgerEntry, RolloutState, LedgerEntry> bend) : Engine
{
    public override Decision Decide(Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var decision = base.Decide(intent, state, evidence, now);
        return decision with { Next = decision.Next with { Ledger = new Ledger([.. decision.Next.Ledger.Entries.Select(e => bend(e, decision.Next))]) } };
    }

    /// <summary>An older policy is as short as the one that is served.</summary>
    public static LedgerEntry AsShortAsServed(LedgerEntry entry, RolloutState state) => state.Served?.Policy.MaxAgeSeconds is { } served && served < entry.Policy.MaxAgeSeconds
        ? entry with { Policy = entry.Policy with { MaxAgeSeconds = served } }
        : entry;

    /// <summary>An older policy is replaced as soon as the new id is decided on.</summary>
    public static LedgerEntry ReplacedAtOnce(LedgerEntry entry, RolloutState state) =>
        entry.Until is not null && state.IsPublished && entry.Id != state.PublishedId ? entry with { IsReplaced = true } : entry;
}

/// <summary>Takes records that are nobody's for its own.</summary>
internal sealed class OverwritesStrangers : Engine
{
    public override Evidence Read(Intent intent, RolloutState state, Observed observed, string ownerId, DateTimeOffset watchedSince, DateTimeOffset now) =>
        base.Read(intent, state, observed, ownerId, watchedSince, now) is { Owner: LiveOwner.Other } evidence
            ? evidence with { Owner = LiveOwner.None }
            : base.Read(intent, state, observed, ownerId, watchedSince, now);

    public override Adoption AdoptionOf(Intent intent) => Adoption.Adopt;
}

/// <summary>Writes the state when its effects are out already.</summary>
internal sealed class WritesStateLast : Engine
{
    public override bool WritesStateFirst => false;
}

/// <summary>Writes outside without asking whether it still may.</summary>
internal sealed class Unfenced : Engine
{
    public override bool IsFenced => false;
}

/// <summary>Asks the provider at every look.</summary>
internal sealed class CallsEachTime : Engine
{
    public override bool LooksBeforeItCalls => false;
}

/// <summary>A retirement, or a policy that comes back, begins with an empty ledger.</summary>
internal sealed class LosesTheLedger : Engine
{
    public override RolloutState HandOver(RolloutState state) => state with { Ledger = state.Served is { } served ? Ledger.Empty.Serve(served, state.StageEnteredAt!.Value) : Ledger.Empty };
}
