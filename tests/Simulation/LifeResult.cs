using MtaSts.Simulation.Watching;

namespace MtaSts.Simulation;

/// <summary>How a life went.</summary>
/// <param name="Tally">What happened.</param>
/// <param name="End">Where it ended: stage, document and zone of every domain. Empty after a failure.</param>
/// <param name="Failure">The invariant that did not hold, or null.</param>
/// <param name="Story">The last events, after a failure.</param>
internal sealed record LifeResult(Tally Tally, string End, Broken? Failure, string Story);
