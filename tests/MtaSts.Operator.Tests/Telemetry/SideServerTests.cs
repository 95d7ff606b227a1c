using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Hosting;
using MtaSts.Operator.Telemetry;
using MtaSts.TestBed;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>The port of health and metrics, over HTTP.</summary>
public sealed partial class SideServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prometheus_gets_each_metric_under_the_name_that_the_documents_give_it()
    {
        var listen = FreePort();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var side = SideServer.Build(listen, new RuntimeHealth([], TimeProvider.System), "1.2.3");
        var board = new DomainBoard();
        board.Note("MtaStsPolicy", new ObjectKey("team-a", "c"), Samples.Broken("c.test"));
        board.Note("MtaStsPolicy", new ObjectKey("team-a", "d"), Samples.Soaking("d.test") with { RemoveAt = Samples.Now.AddHours(-1) });
        var metrics = new OperatorMetrics(side.Meters, Samples.Sources(board));
        var runtime = new RuntimeMetrics(side.Meters);
        var running = side.RunAsync(stop.Token);
        metrics.Moved("default", new Transition(Samples.Now, null, "testing", Reason.Started));
        metrics.Published("bind", Reason.AsExpected);
        runtime.Passed("MtaStsPolicy", TimeSpan.FromSeconds(0.2), PassEnd.Done);

        using var client = new HttpClient { BaseAddress = new Uri($"http://{listen}") };
        var text = await client.GetStringAsync("/metrics", Token);

        var told = TypeLine().Matches(text).Select(m => m.Groups[1].Value).Where(n => n.StartsWith("mtasts_", StringComparison.Ordinal)).ToHashSet();
        // Without an informer there is no cache to tell of.
        var wanted = Instrument.Own.Select(i => i.SeriesName).Except(["mtasts_cache_objects", "mtasts_watch_age_seconds"]);
        Assert.Equal(wanted.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Contains("dotnet_gc_last_collection_heap_size_bytes", text, StringComparison.Ordinal);
        Assert.Matches("mtasts_domain_problem\\{[^}]*reason=\"CertificateExpired\"[^}]*\\} 1\\b", text);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Health_and_readiness_are_answered_beside_it()
    {
        var listen = FreePort();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var side = SideServer.Build(listen, new RuntimeHealth([], TimeProvider.System), "1.2.3");
        var running = side.RunAsync(stop.Token);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{listen}") };

        using var healthy = await client.GetAsync("/healthz", Token);
        using var ready = await client.GetAsync("/readyz", Token);
        using var other = await client.GetAsync("/", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (healthy.StatusCode, ready.StatusCode, other.StatusCode));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_at_the_start()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var side = SideServer.Build((IPEndPoint)taken.LocalEndpoint, new RuntimeHealth([], TimeProvider.System), "1.2.3");

        await Assert.ThrowsAnyAsync<IOException>(() => side.RunAsync(Token));
    }

    [Fact]
    public async Task Without_a_port_there_are_instruments_all_the_same()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var side = SideServer.Build(null, new RuntimeHealth([], TimeProvider.System), "1.2.3");
        var running = side.RunAsync(stop.Token);

        new RuntimeMetrics(side.Meters).Passed("MtaStsPolicy", TimeSpan.Zero, PassEnd.Done);

        await stop.CancelAsync();
        await running;
    }

    private static IPEndPoint FreePort() => new(IPAddress.Loopback, FreePorts.Next(IPAddress.Loopback));

    [GeneratedRegex("^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
