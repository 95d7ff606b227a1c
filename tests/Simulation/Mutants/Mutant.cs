using System.Collections.Immutable;
using MtaSts.Simulation.Operating;
using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation.Mutants;

/// <summary>A deliberate breakage of the engine.</summary>
/// <param name="Name">What it does wrong.</param>
/// <param name="Make">Makes the broken engine.</param>
/// <param name="CaughtBy">The invariants of which one must catch it.</param>
internal sealed record Mutant(string Name, Func<Engine> Make, params ImmutableArray<Invariant> CaughtBy)
{
    public override string ToString() => Name;
}
