using System.Collections.Immutable;
using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation.Mutants;

/// <summary>A deliberate breakage of the engine.</summary>
/// <param name="Name">What it does wrong.</param>
/// <param name="Make">Makes the broken engine.</param>
/// <param name="Seed">A seed with which it was caught when this was written: tried first, since not every life meets every breakage.</param>
/// <param name="CaughtBy">The invariants of which one must catch it.</param>
internal sealed record Mutant(string Name, Func<Engine> Make, int Seed, params ImmutableArray<Invariant> CaughtBy)
{
    public override string ToString() => Name;
}
