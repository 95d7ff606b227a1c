using System.Text.Json;
using System.Text.RegularExpressions;
using MtaSts.Core.Observations;
using MtaSts.Operator.Tests.Telemetry;
using MtaSts.TestBed.Processes;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>The chart's alerts and its dashboard: valid, each alert fired once, and no metric in them that the operator does not have.</summary>
public sealed partial class AlertTests
{
    private static readonly string Alerts = Repository.PathOf("charts", "mta-sts-operator", "files", "alerts.yaml");
    private static readonly string AlertsTests = Repository.PathOf("tests", "Prometheus", "alerts.test.yaml");
    private static readonly string Dashboard = Repository.PathOf("charts", "mta-sts-operator", "files", "dashboard.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promtool_finds_no_fault_in_the_rules() => await PromtoolAsync("check", "rules", Alerts);

    [Fact]
    public async Task Each_alert_fires_when_it_should_and_not_before() => await PromtoolAsync("test", "rules", AlertsTests);

    [Fact]
    public void Each_alert_has_a_case_that_fires_it()
    {
        var alerts = AlertName().Matches(File.ReadAllText(Alerts)).Select(m => m.Groups[1].Value).ToHashSet();
        var fired = FiredAlert().Matches(File.ReadAllText(AlertsTests)).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), fired.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_alert_says_where_to_read_on_and_the_documents_say_what_to_do()
    {
        var rules = File.ReadAllText(Alerts).Split("- alert: ").Skip(1).ToList();
        var rows = File.ReadAllText(Repository.PathOf("docs", "telemetry.md"));

        Assert.NotEmpty(rules);
        Assert.All(rules, rule =>
        {
            var document = DocumentName().Match(rule);
            Assert.True(document.Success && File.Exists(Repository.PathOf(document.Value.Split('/'))), rule);
            Assert.Contains($"| `{rule.Split('\n')[0].Trim()}` |", rows, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_reason_for_which_a_resource_is_not_accepted_raises_the_alarm_and_none_for_which_a_domain_waits()
    {
        var rule = File.ReadAllText(Alerts).Split("- alert: ").Single(r => r.StartsWith("MtaStsResourceRejected", StringComparison.Ordinal));
        var named = ReasonPattern().Match(rule).Groups[1].Value.Split('|').Select(Enum.Parse<Reason>);

        // They are the enum's chapter "The resource itself."
        Assert.Equal(Enum.GetValues<Reason>().Where(r => r is >= Reason.InvalidSpec and <= Reason.DomainClaimedByOther), named.Order());
    }

    [Fact]
    public void Alerts_and_dashboard_ask_for_metrics_that_the_operator_has()
    {
        var known = Instrument.All.SelectMany(i => i.Series).ToHashSet();

        Assert.DoesNotContain(Metrics(File.ReadAllText(Alerts)), m => !known.Contains(m));
        Assert.DoesNotContain(Metrics(File.ReadAllText(Dashboard)), m => !known.Contains(m));
    }

    [Fact]
    public void Every_panel_of_the_dashboard_says_what_it_shows_in_which_unit_and_lies_on_no_other()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var taken = new HashSet<(int X, int Y)>();

        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        foreach (var panel in panels)
        {
            var title = panel.GetProperty("title").GetString()!;
            var place = panel.GetProperty("gridPos");
            var (x, y, w, h) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32(), place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            Assert.InRange(x + w, 1, 24);
            Assert.All(from i in Enumerable.Range(x, w) from j in Enumerable.Range(y, h) select (i, j), cell => Assert.True(taken.Add(cell), $"{title} lies on another panel"));
            if (panel.GetProperty("type").GetString() == "row")
            {
                continue;
            }

            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            Assert.All(panel.GetProperty("targets").EnumerateArray(), t => Assert.Contains("namespace=\"$namespace\"", t.GetProperty("expr").GetString(), StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Metrics(string text) => MetricName().Matches(text).Select(m => m.Value);

    private static async Task PromtoolAsync(params string[] arguments)
    {
        Assert.SkipWhen(Command.Find("promtool") is null, "promtool is not installed (Debian's prometheus has it; script/bootstrap installs it)");
        await Command.OutputAsync("promtool", arguments, cancellationToken: Token);
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"docs/[a-z]+\.md")]
    private static partial Regex DocumentName();

    [GeneratedRegex("reason=~\"([A-Za-z|]+)\"")]
    private static partial Regex ReasonPattern();

    [GeneratedRegex(@"alertname: (\w+)\s+exp_alerts:")]
    private static partial Regex FiredAlert();

    [GeneratedRegex(@"\b(?:mtasts|dotnet)_[a-z_]+")]
    private static partial Regex MetricName();
}
