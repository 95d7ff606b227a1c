using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Settings of an <see cref="Informer{T}"/>.</summary>
public sealed record InformerOptions<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Only objects of this namespace; null for all. Default null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only objects of these scopes, which do not overlap, in place of <see cref="Namespace"/>; each is listed and watched by itself. Default null.</summary>
    public IReadOnlyList<InformerScope>? Scopes { get; init; }

    /// <summary>Only objects that this label selector picks, for example "app=x". Default null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects that this field selector picks, for example "metadata.name=x". Default null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects per page of a list, 1 or more. Default 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>A watch that brings neither event nor bookmark for so long is opened anew. Default 3 minutes.</summary>
    /// <remarks>Servers send a bookmark about once a minute. Where one sends none, the cost is a new watch every so often.</remarks>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The shortest time after which the server is asked to end a watch. Default 5 minutes; the longest is twice as long.</summary>
    public TimeSpan WatchAtLeast { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The waits after failures. Default <see cref="Backoff.ForConnections"/>.</summary>
    public Backoff Backoff { get; init; } = Backoff.ForConnections;

    /// <summary>Makes an object smaller before it is cached; may change the object that it is given. Default: drops managedFields.</summary>
    public Func<T, T> Trim { get; init; } = static entity =>
    {
        if (entity.Metadata is { } metadata)
            metadata.ManagedFields = null;
        return entity;
    };

    /// <summary>Called for an object that does not fit the type: its key and what is wrong with it. Default: nothing.</summary>
    public Action<ObjectKey, string>? OnUnreadable { get; init; }
}
