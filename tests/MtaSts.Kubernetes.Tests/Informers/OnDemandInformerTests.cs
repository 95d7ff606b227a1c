using Microsoft.Extensions.Time.Testing;
using static MtaSts.Kubernetes.Tests.ScriptedServer;

namespace MtaSts.Kubernetes.Tests;

/// <summary>A kind that a cluster need not have is asked for when somebody wants it, and holds up nobody.</summary>
public sealed class OnDemandInformerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_asked_before_it_is_wanted_and_nobody_waits_for_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(time, List("10", Item("a", "1")), WatchThenHang());
        var informer = new OnDemandInformer<Widget>(server.Api, null, new ListLogger(), time);
        var health = new RuntimeHealth([informer], time);
        var running = informer.RunAsync(stop.Token);

        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(server.Requests);
        Assert.False(informer.IsWanted);
        Assert.True(health is { IsReady: true, IsAlive: true });

        informer.Want();
        informer.Want();
        Assert.True(health.IsAlive);
        await informer.WaitForSyncAsync(Token);
        Assert.Equal("a", Assert.Single(informer.Cache.All.Keys).Name);
        Assert.Single(server.Requests, r => !r.IsWatch);

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_kind_that_the_server_does_not_have_is_said_to_be_missing_until_it_is_there()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(time, Reply(404, """{"kind":"Status","code":404,"reason":"NotFound","message":"the server could not find the requested resource"}"""), List("10"), WatchThenHang());
        var informer = new OnDemandInformer<Widget>(server.Api, null, new ListLogger(), time);
        informer.Want();
        var running = informer.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => informer.IsApiMissing, "the server's answer");

        Assert.NotNull(informer.LastError);
        await Eventually.AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => informer.HasSynced, "the list");
        Assert.False(informer.IsApiMissing);
        await stop.CancelAsync();
        await running;
    }
}
