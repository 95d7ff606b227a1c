using System.Diagnostics.Metrics;

namespace MtaSts.Operator.Probes;

/// <summary>
/// Where the probes' HTTP client measures: in a meter whose name nobody collects. In that of all other clients every domain would leave its name in a label for as
/// long as the process lives.
/// </summary>
internal sealed class UnreadMeters : IMeterFactory
{
    /// <summary>The name of its meter.</summary>
    public const string MeterName = "MtaSts.Operator.Probes";

    /// <summary>The one that all share.</summary>
    public static readonly UnreadMeters Instance = new();

    private readonly Meter _meter;

    private UnreadMeters() => _meter = new Meter(new MeterOptions(MeterName) { Scope = this });

    /// <inheritdoc/>
    public Meter Create(MeterOptions options) => _meter;

    /// <summary>It lives as long as the process.</summary>
    public void Dispose()
    {
    }
}
