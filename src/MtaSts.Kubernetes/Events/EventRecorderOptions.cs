namespace MtaSts.Kubernetes;

/// <summary>Settings of an <see cref="EventRecorder"/>.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>Which controller reports, for example "mta-sts.dev/operator".</summary>
    public required string ReportingController { get; init; }

    /// <summary>Which instance of it, at most 128 characters. Default: the host's name.</summary>
    public string ReportingInstance { get; init; } = Environment.MachineName;

    /// <summary>The same event about the same object within this time raises a count instead of making another. Default 10 minutes.</summary>
    public TimeSpan SeriesWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The count of one event is written at most this often. Default 10 seconds.</summary>
    public TimeSpan SeriesEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Events a second, on average. Default 10.</summary>
    public double PerSecond { get; init; } = 10;

    /// <summary>Events at once. Default 100.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>Events that wait to be written; beyond that the new ones are dropped and counted. Default 1000.</summary>
    public int QueueMax { get; init; } = 1000;
}
