namespace MtaSts.Kubernetes;

/// <summary>What health reports need of an informer.</summary>
public interface IInformer
{
    /// <summary>The resource type that it watches.</summary>
    ResourceKind Kind { get; }

    /// <summary>True when the process is ready without it: the cluster need not have the kind.</summary>
    bool IsOptional => false;

    /// <summary>How many objects the cache holds.</summary>
    int Count { get; }

    /// <summary>The cache has held a complete list since the start.</summary>
    bool HasSynced { get; }

    /// <summary>When the server last sent anything: a page, an event, a bookmark. The start before that.</summary>
    DateTimeOffset LastActivity { get; }

    /// <summary>When the informer's loop last turned, with or without success. It stands still only if the informer is broken.</summary>
    DateTimeOffset LastTurn { get; }

    /// <summary>The last failure; null once something came through again.</summary>
    string? LastError { get; }

    /// <summary>How many objects do not fit the type.</summary>
    int UnreadableCount { get; }

    /// <summary>Completes when the cache holds a complete list.</summary>
    Task WaitForSyncAsync(CancellationToken cancellationToken);

    /// <summary>Lists and watches until cancelled; never gives up. Call once.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
