using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Telemetry;

/// <summary>A real Prometheus that scrapes one program every two seconds, under the labels that a ServiceMonitor of the chart gives, and evaluates rules.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private PrometheusServer(ChildProcess process, HttpClient http) => (_process, _http) = (process, http);

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? MissingReason => Command.Find("prometheus") is null ? "prometheus is not installed (Debian: prometheus)" : null;

    /// <summary>Starts it.</summary>
    /// <param name="bed">Whose it is.</param>
    /// <param name="folder">Its configuration, data and log.</param>
    /// <param name="target">Where the program's /metrics is: ADDRESS:PORT.</param>
    /// <param name="labels">The labels of all that is scraped.</param>
    /// <param name="rules">A file of rules.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ChildProcessException">It did not start; the message has the end of its log.</exception>
    public static async Task<PrometheusServer> StartAsync(
        Bed bed, string folder, string target, IReadOnlyDictionary<string, string> labels, string rules, CancellationToken cancellationToken)
    {
        var configuration = Path.Combine(folder, "prometheus.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            global: { scrape_interval: 2s, evaluation_interval: 2s }
            rule_files: ["{{rules}}"]
            scrape_configs:
              - job_name: mta-sts-operator
                static_configs:
                  - targets: ["{{target}}"]
                    labels: { {{string.Join(", ", labels.Select(l => $"{l.Key}: \"{l.Value}\""))}} }
            """,
            cancellationToken);
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.Next(IPAddress.Loopback));
        var process = ChildProcess.Start(new ChildProcessOptions(
            "prometheus", "prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "data")}", $"--web.listen-address={address}", "--log.level=warn"],
            bed.Folder, Path.Combine(folder, "prometheus.log")));
        var http = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        try
        {
            await process.WaitReadyAsync(token => HealthProbe.AnswersOkAsync(http, new Uri(http.BaseAddress, "/-/ready"), token), Deadlines.Start, cancellationToken);
            return new PrometheusServer(process, http);
        }
        catch
        {
            http.Dispose();
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The values of an expression now: an array of <c>{ metric, value: [time, "number"] }</c>.</summary>
    public async Task<JsonArray> QueryAsync(string expression, CancellationToken cancellationToken) =>
        (await GetAsync($"query?query={Uri.EscapeDataString(expression)}", cancellationToken))["result"]!.AsArray();

    /// <summary>Its values over a time: an array of <c>{ metric, values: [[time, "number"], ...] }</c>.</summary>
    public async Task<JsonArray> QueryAsync(string expression, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken) =>
        (await GetAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"query_range?query={Uri.EscapeDataString(expression)}&start={from.ToUnixTimeSeconds()}&end={to.ToUnixTimeSeconds()}&step={step.TotalSeconds}"),
            cancellationToken))["result"]!.AsArray();

    /// <summary>The values of a label among the series that a selector picks.</summary>
    public async Task<IReadOnlyList<string>> LabelAsync(string label, string selector, CancellationToken cancellationToken) =>
        [.. (await GetAsync($"label/{label}/values?match[]={Uri.EscapeDataString(selector)}", cancellationToken)).AsArray().Select(v => (string)v!)];

    /// <summary>The rules of its file, with <c>name</c>, <c>health</c>, <c>lastError</c>, <c>state</c> and <c>alerts</c>.</summary>
    public async Task<IReadOnlyList<JsonNode>> RulesAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("rules", cancellationToken))["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<JsonNode> GetAsync(string query, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri($"/api/v1/{query}", UriKind.Relative), cancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        return (string?)body["status"] == "success" ? body["data"]! : throw new InvalidOperationException($"{query}: {body["error"]}");
    }
}
