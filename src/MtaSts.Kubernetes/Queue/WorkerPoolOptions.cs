namespace MtaSts.Kubernetes;

/// <summary>Settings of a <see cref="WorkerPool{TKey}"/>.</summary>
public sealed record WorkerPoolOptions
{
    /// <summary>How many passes run at once, 1 or more. Default 8.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>How long one pass may take before it is cancelled. Default 2 minutes.</summary>
    public TimeSpan PassDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a cancelled pass may go on before its worker leaves it behind and takes other keys. The key stays held until the pass
    /// ends, so that it never runs twice at once. Default 10 seconds.
    /// </summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running passes may go on when the pool is stopped. Default 15 seconds.</summary>
    public TimeSpan DrainDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where each pass is measured; null for nowhere. Default null.</summary>
    public RuntimeMetrics? Metrics { get; init; }
}
