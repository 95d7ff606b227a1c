using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using static MtaSts.Simulation.Watching.Invariant;

namespace MtaSts.Simulation.Mutants;

/// <summary>The breakages that the simulation must catch.</summary>
internal static class AllMutants
{
    public static readonly ImmutableArray<Mutant> List =
    [
        new("the id before its document", () => new IdBeforeDocument(), 1, DocumentBeforeId),
        new("the id at the first sight of its document", () => new Mishears(i => i with { ServingSpread = TimeSpan.Zero }), 1, DocumentBeforeId),
        new("retires too early", () => new Mishears(i => i with { RemovesEarly = true }), 1, NothingGoesEarly),
        new("the TTL is not waited for", () => new Misremembers((e, _) => e with { TtlSeconds = 0 }), 2106, CachedUntilIsTrue, NothingGoesEarly, NoMailIsLost),
        new("older policies are taken for replaced at once", () => new Misremembers(Misremembers.ReplacedAtOnce), 6, CachedUntilIsTrue, NothingGoesEarly),
        new("a longer max_age is forgotten when it shrinks", () => new Misremembers(Misremembers.AsShortAsServed), 1, CachedUntilIsTrue, NothingGoesEarly),
        new("the ledger is lost on a hand-over", () => new LosesTheLedger(), 4, CachedUntilIsTrue, NothingGoesEarly),
        new("the state is written after its effects", () => new WritesStateLast(), 1, LedgerComesFirst),
        new("a needed pattern is dropped", () => new DropsPatterns(), 1, NeededPatternStays, NoMailIsLost),
        new("the TTL of the MX is not waited for", () => new Misreads((e, _) => e with { MxTtlSeconds = 0 }), 6, NeededPatternStays, NoMailIsLost),
        new("a broken check does not reset the soak", () => new KeepsTheSoak(), 2, SoakBeforeMove),
        new("unknown is taken for healthy", () => Misreads.UnknownAs(_ => new Finding.Healthy()), 1, SoakBeforeMove, DocumentBeforeId, CachedUntilIsTrue, NothingGoesEarly),
        new("unknown is taken for broken", () => Misreads.UnknownAs(u => new Finding.Broken(u.Reason, u.Subject, u.Message)), 3, UnknownIsNoFailure, NobodysLever),
        new("approval is not asked for", () => new Mishears(i => i with { ApprovedStages = [.. i.Stages.Select(s => s.Name)] }), 38, SoakBeforeMove),
        new("moves while paused", () => new Mishears(i => i with { Paused = false }), 5, SoakBeforeMove),
        new("moves outside the windows", () => new Mishears(i => i with { Windows = [] }), 1, SoakBeforeMove),
        new("moves outside the waves", () => new Mishears(i => i with { FleetRule = FleetRule.None }), 31, WaveIsKept),
        new("lowers on a broken check", () => new Mishears(i => i with { OnRegression = OnRegression.StepBack, StepBack = new StepBackRule(1, TimeSpan.Zero) }), 1, NobodysLever),
        new("adopts an enforced domain at testing", () => new Misreads((e, s) => s.Served is null ? e with { LivePolicy = null, LivePolicyIsAbsent = true } : e), 14, NobodysLever),
        new("begins anew when the status is lost", () => new Misreads((e, s) => s.Served is null && e.Owner == LiveOwner.Us ? e with { Owner = LiveOwner.None } : e), 2, NobodysLever, CachedUntilIsTrue),
        new("overwrites a stranger's record", () => new OverwritesStrangers(), 4, OthersSurvive),
        new("a stale leader writes", () => new Unfenced(), 4, DocumentBeforeId, LedgerComesFirst, NobodysLever, SameEnd, OthersSurvive, NeededPatternStays, NothingGoesEarly),
        new("asks the provider at rest", () => new CallsEachTime(), 1, RestIsFree),
    ];
}
