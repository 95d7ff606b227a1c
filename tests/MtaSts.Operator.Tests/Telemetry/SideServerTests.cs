using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Hosting;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Telemetry;
using MtaSts.Operator.Tests.Probes;
using MtaSts.TestBed;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>The port of health and metrics, over HTTP.</summary>
[Collection(ProcessMeters.Name)]
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
        board.Note("MtaStsPolicy", new ObjectKey("team-a", "d"), Samples.Soaking("d.test"));
        var metrics = new OperatorMetrics(side.Meters, Samples.Sources(board, removals: [Samples.Removal("e.test", TimeSpan.FromHours(1))]));
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
    public async Task A_domain_is_named_however_many_others_were_before_it_and_only_while_something_is_wrong_with_it()
    {
        const int Rounds = 7;
        var listen = FreePort();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var side = SideServer.Build(listen, new RuntimeHealth([], TimeProvider.System), "1.2.3");
        var board = new DomainBoard();
        _ = new OperatorMetrics(side.Meters, Samples.Sources(board));
        var running = side.RunAsync(stop.Token);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{listen}") };
        var text = "";
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var i in Enumerable.Range(0, OperatorMetrics.NamedMax))
            {
                board.Forget("MtaStsPolicy", new ObjectKey("team-a", $"r{round - 1}-{i}"));
                board.Note("MtaStsPolicy", new ObjectKey("team-a", $"r{round}-{i}"), Samples.Broken($"r{round}-{i}.test"));
            }

            text = await FreshAsync(client, $"r{round}-0.test");
        }

        foreach (var naming in new[] { "mtasts_domain_problem", "mtasts_domain_certificate_life_seconds" })
        {
            var domains = text.Split('\n').Where(l => l.StartsWith(naming + "{", StringComparison.Ordinal)).Select(l => DomainLabel().Match(l).Groups[1].Value).ToHashSet();
            Assert.Equal(Enumerable.Range(0, OperatorMetrics.NamedMax).Select(i => $"r{Rounds - 1}-{i}.test").Order(), domains.Order());
        }

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task The_domains_that_are_probed_leave_no_series_behind()
    {
        var listen = FreePort();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var side = SideServer.Build(listen, new RuntimeHealth([], TimeProvider.System), "1.2.3");
        var running = side.RunAsync(stop.Token);
        await using var host = new TcpPeer(async s =>
        {
            await s.TlsAsync(TestCertificates.Issue(["mta-sts.one.test", "mta-sts.two.test"]));
            await s.HeadAsync();
            await s.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
        });
        var options = Loopback.Options with { HttpsPort = host.Port, Resolvers = [new IPEndPoint(IPAddress.Loopback, 9)] };
        using var dns = new DnsProbe(options, TimeProvider.System);
        using var probe = new PolicyProbe(options, dns, new TlsClient(new CertificateJudge(options, TimeProvider.System)));
        foreach (var name in new[] { "mta-sts.one.test", "mta-sts.two.test" })
        {
            Assert.Equal(200, (await probe.FetchAsync(name, IPAddress.Loopback, Loopback.Allowed, Token)).HttpStatus);
        }

        using var client = new HttpClient { BaseAddress = new Uri($"http://{listen}") };
        await client.GetStringAsync("/healthz", Token);
        var text = await FreshAsync(client, "http_client_request_duration_seconds_count{");

        Assert.DoesNotContain("mta-sts.", text, StringComparison.Ordinal);
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

    // The exporter gives the answer of a moment ago to whoever asks again at once.
    private static async Task<string> FreshAsync(HttpClient client, string wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var text = await client.GetStringAsync("/metrics", Token);
            if (text.Contains(wanted, StringComparison.Ordinal))
            {
                return text;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < Loopback.Ample, $"the metrics never name {wanted}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Token);
        }
    }

    [GeneratedRegex("domain=\"([^\"]+)\"")]
    private static partial Regex DomainLabel();

    private static IPEndPoint FreePort() => new(IPAddress.Loopback, FreePorts.Next(IPAddress.Loopback));

    [GeneratedRegex("^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
