namespace MtaSts.Kubernetes;

/// <summary>Settings of a <see cref="WorkQueue{TKey}"/>.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>The waits of <see cref="WorkQueue{TKey}.AddRateLimited"/>. Default <see cref="Backoff.ForKeys"/>.</summary>
    public Backoff Backoff { get; init; } = Backoff.ForKeys;

    /// <summary>The source of jitter, 0 (inclusive) to 1 (exclusive). Default: the shared random source.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
}
