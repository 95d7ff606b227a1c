using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using MtaSts.TestBed;
using MtaSts.TestBed.Telemetry;

namespace MtaSts.EndToEnd;

/// <summary>What a real Prometheus, and a collector of OTLP, know of everything that happened in the world so far.</summary>
public sealed class OperatorTelemetryTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    /// <summary>When this variable names a file, all that the panels show is written there, for script/dashboard to draw.</summary>
    private const string DataVariable = "MTASTS_DASHBOARD_DATA";

    // Empty where every check has an answer.
    private const string MayBeEmpty = "Checks without an answer";

    // For the picture: what the other tests of the world do meanwhile is in it.
    private static readonly TimeSpan RecordedFor = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    private static OtlpReceiver? _collector;
    private static PrometheusServer? _prometheus;
    private static DateTimeOffset _began;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Where the operator sends traces and metrics to, and that it does so often.</summary>
    internal static IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector!.Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
    };

    /// <summary>Starts the collector.</summary>
    internal static async Task ListenAsync()
    {
        _collector = await OtlpReceiver.StartAsync();
        SharedWorlds.Add(_collector);
    }

    /// <summary>Starts Prometheus in a world whose operator runs.</summary>
    internal static async Task ScrapeAsync(OperatorScene scene)
    {
        if (PrometheusServer.MissingReason is not null) return;
        var deployment = await scene.ControlPlane.Client.AppsV1.ReadNamespacedDeploymentAsync(OperatorWorld.OperatorDeployment, OperatorWorld.SystemNamespace, cancellationToken: CancellationToken.None);
        var target = $"127.0.0.1:{deployment.Spec.Template.Spec.Containers[0].Ports[0].ContainerPort}";
        var labels = new Dictionary<string, string> { ["namespace"] = OperatorWorld.SystemNamespace, ["pod"] = OperatorWorld.OperatorDeployment + "-0" };
        _prometheus = await scene.World.Bed.AddAsync(
            "prometheus",
            (bed, folder, token) => PrometheusServer.StartAsync(bed, folder, target, labels, Repository.PathOf("charts", "mta-sts-operator", "files", "alerts.yaml"), token),
            CancellationToken.None);
        _began = DateTimeOffset.UtcNow;
    }

    [Fact]
    public async Task Every_panel_shows_something_and_every_alert_can_be_evaluated()
    {
        var scene = world.Scene;
        if (PrometheusServer.MissingReason is { } reason) Assert.Skip(reason);
        var prometheus = _prometheus!;
        var (_, ill, _) = await OperatorRegressionTests.EnforcedAsync(scene, "shown", "");
        await ill.ReplaceCertificateAsync(scene.Mail.Ca.Issue("other.mx.test"), Token);
        await scene.UntilAsync("shown", p => p.Condition("Degraded", "status") == "True", "the alarm");

        var panels = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("charts", "mta-sts-operator", "files", "dashboard.json"), Token))!["panels"]!.AsArray();
        List<(string Title, string Expression)> queries =
        [
            .. from panel in panels
               from target in panel!["targets"]?.AsArray() ?? []
               select ((string)panel["title"]!, ((string)target!["expr"]!).Replace("$namespace", OperatorWorld.SystemNamespace, StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(queries);
        List<(string Title, string Expression)> empty = [.. queries.Where(q => q.Title != MayBeEmpty)];
        await Eventually.HoldsAsync(
            async () =>
            {
                foreach (var query in empty.ToList())
                {
                    if ((await SinceTheBeginningAsync(query.Expression, DateTimeOffset.UtcNow)).Count > 0) empty.Remove(query);
                }

                return empty.Count == 0;
            },
            () => $"these panels have shown something: {string.Join(", ", empty.Select(q => q.Title))}");

        Assert.Equal([OperatorWorld.SystemNamespace], await prometheus.LabelAsync("namespace", "mtasts_leader", Token));
        Assert.Equal(1, await ValueAsync("Leaders"));
        await Eventually.HoldsAsync(async () => await ValueAsync("Enforced") >= 1, "the enforced domain is counted");
        await Eventually.HoldsAsync(async () => await ValueAsync("Enforced with a broken check") >= 1, "the enforced domain's broken check is counted");
        await Eventually.HoldsAsync(
            async () => (await prometheus.QueryAsync(ExpressionOf("Moves"), Token))
                .Any(m => ((string)m!["metric"]!["from"]!, (string)m["metric"]!["to"]!) == ("testing", "enforce") && Number(m["value"]![1]!) > 0),
            "the moves are counted");

        var rules = await prometheus.RulesAsync(Token);
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal(("ok", ""), ((string?)rule["health"], (string?)rule["lastError"] ?? "")));
        await Eventually.HoldsAsync(
            async () => (await prometheus.RulesAsync(Token)).Single(r => (string)r["name"]! == "MtaStsEnforcedDomainUnhealthy")["alerts"]!.AsArray()
                .Any(a => (string?)a!["labels"]!["domain"] == "shown.test" && (string)a["state"]! == "pending"),
            "the alert of the enforced domain is pending");

        if (System.Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } file) await ExportAsync(file);

        string ExpressionOf(string title) => queries.First(q => q.Title == title).Expression;

        async Task<double> ValueAsync(string title) => Number(Assert.Single(await prometheus.QueryAsync(ExpressionOf(title), Token))!["value"]![1]!);

        Task<JsonArray> SinceTheBeginningAsync(string expression, DateTimeOffset to) => prometheus.QueryAsync(expression, _began, to, Step, Token);

        async Task ExportAsync(string path)
        {
            await Task.Delay(RecordedFor, Token);
            var to = DateTimeOffset.UtcNow;
            var data = new JsonObject();
            foreach (var (_, expression) in queries)
            {
                data[expression] = (await SinceTheBeginningAsync(expression, to)).DeepClone();
            }

            await File.WriteAllTextAsync(
                path,
                new JsonObject { ["namespace"] = OperatorWorld.SystemNamespace, ["from"] = _began.ToUnixTimeSeconds(), ["to"] = to.ToUnixTimeSeconds(), ["step"] = Step.TotalSeconds, ["series"] = data }
                    .ToJsonString(new JsonSerializerOptions { WriteIndented = false }),
                Token);
        }
    }

    [Fact]
    public async Task A_collector_gets_a_trace_of_each_pass_with_its_steps_and_the_metrics()
    {
        var scene = world.Scene;
        var collector = _collector!;
        await scene.AddDomainAsync("traced.test");
        await scene.ApplyAsync(OperatorScene.Policy("traced", "traced.test"));
        await scene.UntilStageAsync("traced", "enforce");

        foreach (var step in new[] { "observe", "write state", "apply", "write status" })
            await Eventually.HoldsAsync(() => collector.Has("traces", "mta-sts-operator", "MtaSts.Operator", step), $"the step '{step}' is traced");
        await Eventually.HoldsAsync(() => collector.Has("traces", "pass", "mtasts.resource", "team-a/traced"), "the domain's passes are traced");
        await Eventually.HoldsAsync(() => collector.Has("metrics", "mtasts.domains", "mtasts.leader", "enforce"), "the metrics arrive");
    }

    private static double Number(JsonNode text) => double.Parse((string)text!, CultureInfo.InvariantCulture);
}
