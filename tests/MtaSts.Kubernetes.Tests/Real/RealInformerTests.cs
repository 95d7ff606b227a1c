using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes.Tests;

[Collection(RealServer.Collection)]
public sealed class RealInformerTests(RealServer real)
{
    [Fact]
    public async Task Sees_what_is_made_and_deleted_across_a_restart_of_the_server()
    {
        var changes = new ConcurrentQueue<Change<Widget>>();
        using var stop = new CancellationTokenSource();
        await real.CreateAsync(Widget.Named("restart-a", 1));
        await real.CreateAsync(Widget.Named("restart-b", 1));
        var informer = real.Informer();
        informer.OnChange(changes.Enqueue);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);

        await real.DeleteAsync("restart-a");
        await Eventually.TrueAsync(() => Names(changes.OfType<Change<Widget>.Deleted>()).Contains("restart-a"), "the first deletion");
        await real.Plane.StopApiServerAsync();
        await Eventually.TrueAsync(() => informer.LastError is not null, "the informer felt the outage");
        await real.Plane.StartApiServerAsync(TestContext.Current.CancellationToken);
        await real.DeleteAsync("restart-b");
        await real.CreateAsync(Widget.Named("restart-c", 1));

        await Eventually.TrueAsync(() => Names(changes.OfType<Change<Widget>.Deleted>()).Contains("restart-b"), "the deletion after it");
        await Eventually.TrueAsync(() => Names(changes.OfType<Change<Widget>.Added>()).Contains("restart-c"), "the creation after it");
        Assert.Null(informer.LastError);
        await real.DeleteAsync("restart-c");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Of_several_scopes_each_is_listed_and_watched_and_a_new_list_of_one_leaves_the_others_alone()
    {
        var changes = new ConcurrentQueue<Change<Widget>>();
        using var stop = new CancellationTokenSource();
        foreach (var name in new[] { "scope-a", "scope-b", "scope-outside" })
            await real.CreateAsync(Widget.Named(name, 1));
        var informer = new Informer<Widget>(
            real.Api, new InformerOptions<Widget> { Scopes = [new InformerScope("default", "scope-a"), new InformerScope("default", "scope-b")] }, new ListLogger());
        informer.OnChange(changes.Enqueue);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["scope-a", "scope-b"], informer.Cache.All.Keys.Select(k => k.Name).Order(StringComparer.Ordinal));

        // However each goes on after an outage, what is deleted is noticed in its own scope, and nothing else looks deleted.
        await real.Plane.StopApiServerAsync();
        await Eventually.TrueAsync(() => informer.LastError is not null, "the informer felt the outage");
        await real.Plane.StartApiServerAsync(TestContext.Current.CancellationToken);
        await real.DeleteAsync("scope-b");
        await Eventually.TrueAsync(() => Names(changes.OfType<Change<Widget>.Deleted>()).Contains("scope-b"), "the deletion");
        await real.CreateAsync(Widget.Named("scope-b", 2));
        await Eventually.TrueAsync(() => informer.Cache.Count == 2, "it is there again");
        Assert.Equal(["scope-b"], Names(changes.OfType<Change<Widget>.Deleted>()));
        Assert.DoesNotContain(changes, c => c.Key.Name == "scope-outside");
        foreach (var name in new[] { "scope-a", "scope-b", "scope-outside" })
            await real.DeleteAsync(name);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_selector_narrows_the_cache_and_an_object_that_leaves_it_is_deleted_from_it()
    {
        using var stop = new CancellationTokenSource();
        var widget = Widget.Named("labelled", 1);
        widget.Metadata.Labels = new Dictionary<string, string> { ["team"] = "a/b".Replace('/', '-') };
        await real.CreateAsync(widget);
        await real.CreateAsync(Widget.Named("unlabelled", 1));
        var informer = real.Informer("team in (a-b, c)");
        informer.AddIndex("team", w => w.Metadata.Labels?.Values ?? []);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["labelled"], informer.Cache.All.Keys.Select(k => k.Name));
        Assert.Equal("labelled", Assert.Single(informer.ByIndex("team", "a-b")).Metadata.Name);
        Assert.Null(informer.Cache.All.Values.Single().Metadata.ManagedFields);

        await real.CreateAsync(Widget.Named("labelled", 1));
        await Eventually.TrueAsync(() => informer.Cache.Count == 0, "the object left the selection");
        Assert.Empty(informer.ByIndex("team", "a-b"));
        await stop.CancelAsync();
        await running;
        await real.DeleteAsync("labelled");
        await real.DeleteAsync("unlabelled");
    }

    [Fact]
    public async Task An_object_of_a_wrong_shape_that_the_server_lets_through_stops_no_other()
    {
        using var stop = new CancellationTokenSource();
        var informer = real.Informer();
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        var bad = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "bad", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["size"] = "large" },
        };
        var made = await real.Writer.ApplyAsync(
            bad, ResourceKind.Of<Widget>(), null, true, TestContext.Current.CancellationToken);
        Assert.True(made.IsSuccess, made.ToString());
        await real.CreateAsync(Widget.Named("good", 1));
        await Eventually.TrueAsync(() => informer.Cache.Find(new ObjectKey("default", "good")) is not null, "the good one");
        Assert.Equal(1, informer.UnreadableCount);
        await real.DeleteAsync("bad");
        await Eventually.TrueAsync(() => informer.UnreadableCount == 0, "the bad one is gone");
        await real.DeleteAsync("good");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Pages_of_a_real_list_are_put_together()
    {
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 7; i++)
            await real.CreateAsync(Widget.Named($"page-{i}", i));
        var informer = new Informer<Widget>(
            real.Api, new InformerOptions<Widget> { PageSize = 3 }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, informer.Cache.All.Keys.Count(k => k.Name.StartsWith("page-", StringComparison.Ordinal)));
        await stop.CancelAsync();
        await running;
        for (var i = 0; i < 7; i++)
            await real.DeleteAsync($"page-{i}");
    }

    private static IEnumerable<string> Names(IEnumerable<Change<Widget>> changes) => changes.Select(c => c.Key.Name);
}
