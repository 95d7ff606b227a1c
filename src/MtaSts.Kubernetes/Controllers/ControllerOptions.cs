using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Settings of a <see cref="Controller{T}"/>.</summary>
public sealed record ControllerOptions
{
    /// <summary>The name in logs; null for the kind. Default null.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Every entity gets a pass at least this often, spread by jitter over the last fifth of the time; null for never. Default 10 hours.
    /// </summary>
    public TimeSpan? Resync { get; init; } = TimeSpan.FromHours(10);

    /// <summary>Workers and their deadlines.</summary>
    public WorkerPoolOptions Workers { get; init; } = new();

    /// <summary>Back-off of failing entities.</summary>
    public WorkQueueOptions Queue { get; init; } = new();

    /// <summary>Which updates (old, current) are worth a pass. Default <see cref="ChangeFilter.SpecOrMetadata(V1ObjectMeta, V1ObjectMeta)"/>.</summary>
    public Func<V1ObjectMeta, V1ObjectMeta, bool> UpdateFilter { get; init; } = ChangeFilter.SpecOrMetadata;
}
