using MtaSts.Operator.Tests.Docs;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>docs/telemetry.md has every instrument.</summary>
public sealed class TelemetryDocumentTests
{
    [Fact]
    public void The_table_of_metrics_is_what_the_instruments_say() => GeneratedPart.Check(
        "telemetry.md",
        "metrics",
        [
            "| metric | kind | unit | what it says |",
            "|---|---|---|---|",
            .. Instrument.Own.OrderBy(i => i.SeriesName, StringComparer.Ordinal).Select(i => $"| `{i.SeriesName}` | {i.Kind} | {UnitOf(i.Unit)} | {i.Description} |"),
        ]);

    [Fact]
    public void Every_instrument_says_what_it_measures_and_in_what() => Assert.All(Instrument.Own, i =>
    {
        Assert.True(i.Description.Length > 10, i.Name);
        Assert.NotEmpty(i.Unit);
        Assert.StartsWith("mtasts.", i.Name, StringComparison.Ordinal);
    });

    private static string UnitOf(string unit) => unit switch
    {
        "s" => "seconds",
        "1" => "ratio",
        _ => unit.Trim('{', '}') + "s",
    };
}
