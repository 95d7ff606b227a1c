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
        new("the id before its document", () => new IdBeforeDocument(), DocumentBeforeId),
        new("the id at the first sight of its document", () => new Mishears(i => i with { ServingSpread = TimeSpan.Zero }), DocumentBeforeId),
        new("retires too early", () => new Mishears(i => i with { RemovesEarly = true }), NothingGoesEarly),
        new("the TTL is not waited for", () => new Misremembers((e, _) => e with { TtlSeconds = 0 }), CachedUntilIsTrue, NothingGoesEarly),
        new("older policies are taken for replaced at once", () => new Misremembers(Misremembers.ReplacedAtOnce), CachedUntilIsTrue, NothingGoesEarly),
        new("a longer max_age is forgotten when it shrinks", () => new Misremembers(Misremembers.AsShortAsServed), CachedUntilIsTrue, NothingGoesEarly),
        new("the ledger is lost on a hand-over", () => new LosesTheLedger(), CachedUntilIsTrue, NothingGoesEarly),
        new("the state is written after its effects", () => new WritesStateLast(), LedgerComesFirst),
        new("a needed pattern is dropped", () => new DropsPatterns(), NeededPatternStays, NoMailIsLost),
        new("the TTL of the MX is not waited for", () => new Misreads((e, _) => e with { MxTtlSeconds = 0 }), NeededPatternStays, NoMailIsLost),
        new("a broken check does not reset the soak", () => new KeepsTheSoak(), SoakBeforeMove),
        new("unknown is taken for healthy", () => Misreads.UnknownAs(_ => new Finding.Healthy()), SoakBeforeMove, DocumentBeforeId, CachedUntilIsTrue, NothingGoesEarly),
        new("unknown is taken for broken", () => Misreads.UnknownAs(u => new Finding.Broken(u.Reason, u.Subject, u.Message)), UnknownIsNoFailure, NobodysLever),
        new("approval is not asked for", () => new Mishears(i => i with { ApprovedStages = [.. i.Stages.Select(s => s.Name)] }), SoakBeforeMove),
        new("moves while paused", () => new Mishears(i => i with { Paused = false }), SoakBeforeMove),
        new("moves outside the windows", () => new Mishears(i => i with { Windows = [] }), SoakBeforeMove),
        new("moves outside the waves", () => new Mishears(i => i with { FleetRule = FleetRule.None }), WaveIsKept),
        new("lowers on a broken check", () => new Mishears(i => i with { OnRegression = OnRegression.StepBack, StepBack = new StepBackRule(1, TimeSpan.Zero) }), NobodysLever),
        new("adopts an enforced domain at testing", () => new Misreads((e, s) => s.Served is null ? e with { LivePolicy = null, LivePolicyIsAbsent = true } : e), NobodysLever),
        new("begins anew when the status is lost", () => new Misreads((e, s) => s.Served is null && e.Owner == LiveOwner.Us ? e with { Owner = LiveOwner.None } : e), NobodysLever),
        new("overwrites a stranger's record", () => new OverwritesStrangers(), OthersSurvive),
        new("a stale leader writes", () => new Unfenced(), DocumentBeforeId, LedgerComesFirst, NobodysLever, SameEnd, OthersSurvive, NeededPatternStays, NothingGoesEarly),
        new("asks the provider at rest", () => new CallsEachTime(), RestIsFree),
    ];
}
