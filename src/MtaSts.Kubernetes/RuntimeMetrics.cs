using System.Diagnostics.Metrics;

namespace MtaSts.Kubernetes;

/// <summary>How a pass of a controller ended.</summary>
public enum PassEnd
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It said that it failed, or threw; it is tried again by back-off.</summary>
    Failed,

    /// <summary>It took longer than its deadline.</summary>
    Overran,

    /// <summary>It was cut off because the process ends or does not lead any more.</summary>
    Aborted,
}

/// <summary>The runtime's own instruments.</summary>
public sealed class RuntimeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MtaSts.Kubernetes";

    // From what a settled domain takes to the longest deadline of a pass.
    private static readonly double[] Seconds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120, 300];

    private readonly Histogram<double> _passes;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Where meters come from.</param>
    public RuntimeMetrics(IMeterFactory meters) => _passes = meters.Create(MeterName).CreateHistogram(
        "mtasts.reconcile.duration", "s", "How long a controller's pass over one resource took, by kind and how it ended.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    /// <summary>A pass ended.</summary>
    /// <param name="controller">The controller's name; by default the kind.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="end">How it ended.</param>
    public void Passed(string controller, TimeSpan took, PassEnd end) =>
        _passes.Record(took.TotalSeconds, new("kind", controller), new("end", end.ToString()));
}
