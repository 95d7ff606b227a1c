using MtaSts.Simulation.Operating;

namespace MtaSts.Simulation;

/// <summary>How a life is lived.</summary>
internal sealed record LifeOptions
{
    public static readonly LifeOptions Whole = new();

    /// <summary>False: the operator never dies.</summary>
    public bool Crashes { get; init; } = true;

    /// <summary>The deeds of the owners that are left out.</summary>
    public IReadOnlySet<int> DroppedDeeds { get; init; } = new HashSet<int>();

    /// <summary>The mishaps that are left out.</summary>
    public IReadOnlySet<int> DroppedMishaps { get; init; } = new HashSet<int>();

    /// <summary>What stands in for the engine; by default the engine itself.</summary>
    public Func<Engine> Engine { get; init; } = () => new Engine();
}
