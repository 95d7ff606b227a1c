using MtaSts.Kubernetes;
using MtaSts.Simulation.Watching;
using MtaSts.Simulation.World;

namespace MtaSts.Simulation.Operating;

/// <summary>One domain with its resource: what the operator manages, what is real, and who watches it.</summary>
internal sealed record Managed(int Index, DomainWorld World, Resource Resource, Watcher Watcher)
{
    public ObjectKey Key { get; } = new("team-a", $"domain-{Index}");
}
