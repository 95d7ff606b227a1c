using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes.Tests;

[Collection(RealServer.Collection)]
public sealed class RealEventTests(RealServer real)
{
    [Fact]
    public async Task Events_are_seen_by_kubectl_and_repeats_raise_a_count()
    {
        var log = new ListLogger();
        using var stop = new CancellationTokenSource();
        var options = new EventRecorderOptions
        {
            ReportingController = "mta-sts.dev/operator",
            SeriesEvery = TimeSpan.FromMilliseconds(200),
        };
        var recorder = new EventRecorder(real.Api, options, log);
        var running = recorder.RunAsync(stop.Token);
        var widget = await real.CreateAsync(Widget.Named("eventful", 1));
        for (var i = 0; i < 20; i++)
            recorder.Publish(widget, EventType.Warning, "MxTls", "Check", "mx1.example.com: wrong name");
        recorder.Publish(widget, EventType.Normal, "Promoted", "Promote", "testing to enforce " + new string('\u00e4', 2000));
        recorder.Publish(ClusterScoped(), EventType.Normal, "Cluster", "Check", "an object without a namespace");

        JsonObject[] events = [];
        await Eventually.TrueAsync(
            () =>
            {
                events = ListAsync().GetAwaiter().GetResult();
                return events.Any(e => (int?)e["series"]?["count"] == 20) && events.Length == 3;
            },
            "three events, one of them counted to 20\n" + log);
        var promoted = events.Single(e => (string?)e["reason"] == "Promoted");
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount((string)promoted["note"]!), 1000, 1024);
        Assert.Equal("eventful", (string?)promoted["regarding"]!["name"]);

        var seen = await real.Plane.KubectlAsync("get", "events", "-n", "default");
        Assert.Contains("MxTls", seen, StringComparison.Ordinal);
        Assert.Contains("widget/eventful", seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("MxTls", await real.Plane.KubectlAsync("describe", "widget", "eventful"), StringComparison.Ordinal);
        await real.DeleteAsync("eventful");
        await stop.CancelAsync();
        await running;
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task An_event_that_the_server_refuses_is_logged_and_hurts_nothing()
    {
        var log = new ListLogger();
        using var stop = new CancellationTokenSource();
        var recorder = new EventRecorder(
            real.Api, new EventRecorderOptions { ReportingController = "not a qualified name" }, log);
        recorder.Publish(Widget.Named("x"), EventType.Normal, "R", "A", "note");
        var running = recorder.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => log.Has(1300), "the refusal was logged");
        await stop.CancelAsync();
        await running;
    }

    private static k8s.Models.V1Namespace ClusterScoped() => new() { Metadata = new k8s.Models.V1ObjectMeta { Name = "default", Uid = "u" } };

    private async Task<JsonObject[]> ListAsync()
    {
        var reply = await real.Api.GetAsync("apis/events.k8s.io/v1/events", TestContext.Current.CancellationToken);
        return [.. reply.Json()!["items"]!.AsArray().OfType<JsonObject>()
            .Where(e => (string?)e["reportingController"] == "mta-sts.dev/operator")];
    }
}
