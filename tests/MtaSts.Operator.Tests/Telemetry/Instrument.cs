using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using MtaSts.Kubernetes;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>An instrument, as it is published and as Prometheus names it.</summary>
/// <param name="Meter">The meter's name.</param>
/// <param name="Name">The instrument's name.</param>
/// <param name="Kind">"counter", "gauge" or "histogram".</param>
/// <param name="Unit">Its unit, or an empty text.</param>
/// <param name="Description">What it measures.</param>
internal sealed record Instrument(string Meter, string Name, string Kind, string Unit, string Description)
{
    private const string OfDotNet = "System.Runtime";

    /// <summary>The operator's own instruments, and those of .NET itself.</summary>
    public static IReadOnlyList<Instrument> All { get; } = [.. Find()];

    /// <summary>The operator's own.</summary>
    public static IEnumerable<Instrument> Own => All.Where(i => i.Meter != OfDotNet);

    /// <summary>The name in Prometheus' text.</summary>
    public string SeriesName => Name.Replace('.', '_') + Unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    } + (Kind == "counter" ? "_total" : "");

    /// <summary>All series that it makes there.</summary>
    public IEnumerable<string> Series => Kind == "histogram" ? [SeriesName + "_bucket", SeriesName + "_sum", SeriesName + "_count"] : [SeriesName];

    /// <summary>A factory of meters that nobody reads.</summary>
    public static IMeterFactory NewFactory() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private static List<Instrument> Find()
    {
        var found = new List<Instrument>();
        var meters = NewFactory();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == OfDotNet || instrument.Meter.Scope == meters)
            {
                found.Add(new Instrument(instrument.Meter.Name, instrument.Name, KindOf(instrument), instrument.Unit ?? "", instrument.Description ?? ""));
            }
        };
        _ = new OperatorMetrics(meters, Samples.Sources());
        _ = new RuntimeMetrics(meters);
        listener.Start();
        return found;
    }

    private static string KindOf(System.Diagnostics.Metrics.Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };
}
