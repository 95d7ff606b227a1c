namespace MtaSts.Simulation.Operating;

/// <summary>The process of the operator ends here, in the midst of whatever it was doing.</summary>
internal sealed class Killed : Exception;
