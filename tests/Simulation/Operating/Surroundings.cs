using MtaSts.Simulation.Watching;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Operating;

/// <summary>What both replicas of the operator share: the engine, the world that they see, and the chance of dying.</summary>
internal sealed class Surroundings(Agenda agenda, Engine engine, Observer observer, VirtualProvider provider, IReadOnlyList<Managed> domains, Tally tally, Story story)
{
    public Agenda Agenda => agenda;

    public Engine Engine => engine;

    public Observer Observer => observer;

    public VirtualProvider Provider => provider;

    public IReadOnlyList<Managed> Domains => domains;

    public Tally Tally => tally;

    public Story Story => story;

    /// <summary>The TTL of the records that are written.</summary>
    public required long TtlSeconds { get; init; }

    /// <summary>How far the operator's clock is from the true time.</summary>
    public TimeSpan ClockError { get; set; }

    public DateTimeOffset Clock => agenda.Now + ClockError;
}
