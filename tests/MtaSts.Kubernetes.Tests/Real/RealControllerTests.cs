using System.Collections.Concurrent;
using k8s.Models;

namespace MtaSts.Kubernetes.Tests;

[Collection(RealServer.Collection)]
public sealed class RealControllerTests(RealServer real) : IAsyncLifetime
{
    private const string Finalizer = "tests.mta-sts.dev/cleanup";

    private readonly CancellationTokenSource _stop = new();
    private readonly ListLogger _log = new();
    private readonly List<Task> _running = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    [Fact]
    public async Task An_entity_gets_its_finalizer_before_its_first_pass_and_goes_when_the_finalizer_is_done()
    {
        var work = new Recorder();
        var finalizer = new Recorder { Waits = 1 };
        using var controller = Start(work, finalizer);
        await real.CreateAsync(Widget.Named("finalized", 1));
        await Eventually.TrueAsync(() => work.Passes.Any(p => p.Metadata.Name == "finalized"), "a pass");
        Assert.All(work.Passes, pass => Assert.Contains(Finalizer, pass.Metadata.Finalizers));

        await real.DeleteAsync("finalized");
        await Eventually.TrueAsync(() => work.Gone.Any(p => p.Metadata.Name == "finalized"), "the entity went");
        Assert.Null(await real.ReadAsync("finalized"));
        // Once "not yet", once done.
        Assert.True(finalizer.Finalized.Count >= 2, $"{finalizer.Finalized.Count} calls of the finalizer");
        Assert.True(_log.Has(1108));
    }

    [Fact]
    public async Task A_finalizer_takes_off_itself_alone_and_a_failing_one_is_asked_again()
    {
        var work = new Recorder();
        var finalizer = new Recorder { Failures = 2 };
        using var controller = Start(work, finalizer);
        var widget = Widget.Named("two-finalizers", 1);
        widget.Metadata.Finalizers = ["example.com/theirs"];
        await real.CreateAsync(widget);
        await Eventually.TrueAsync(() => work.Passes.Any(p => p.Metadata.Name == "two-finalizers"), "a pass");
        await real.DeleteAsync("two-finalizers");
        await Eventually.TrueAsync(() => _log.Has(1108), "ours is off");
        Assert.Equal(["example.com/theirs"], (await real.ReadAsync("two-finalizers"))!.Metadata.Finalizers);
        Assert.Equal(3, finalizer.Finalized.Count);
        var patch = new System.Text.Json.Nodes.JsonObject { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["finalizers"] = null } };
        await real.Writer.MergePatchAsync(ResourceKind.Of<Widget>(), new ObjectKey("default", "two-finalizers"), patch, null, Token);
        await Eventually.TrueAsync(() => !work.Gone.IsEmpty, "the entity went");
    }

    [Fact]
    public async Task An_entity_that_does_not_want_the_finalizer_does_not_get_it()
    {
        var work = new Recorder();
        using var controller = Start(work, new Recorder { Unwanted = true });
        await real.CreateAsync(Widget.Named("plain", 1));
        await Eventually.TrueAsync(() => work.Passes.Any(p => p.Metadata.Name == "plain"), "a pass");
        Assert.Null((await real.ReadAsync("plain"))!.Metadata.Finalizers);
        await real.DeleteAsync("plain");
        await Eventually.TrueAsync(() => work.Gone.Any(p => p.Metadata.Name == "plain"), "the deletion was told");
    }

    [Fact]
    public async Task Writing_the_status_causes_no_pass_and_an_edit_of_the_spec_does()
    {
        var work = new Recorder();
        work.OnPass = async (widget, cancellationToken) =>
        {
            var after = new Widget { Metadata = widget.Metadata, Spec = widget.Spec, Status = new WidgetStatus { Seen = $"{widget.Spec!.Size}" } };
            var outcome = await real.Writer.UpdateStatusAsync(after, widget, cancellationToken);
            return outcome.IsSuccess
                ? ReconciliationResult<Widget>.Success(after)
                : ReconciliationResult<Widget>.Failure(widget, outcome.ToString());
        };
        using var controller = Start(work, null);
        await real.CreateAsync(Widget.Named("statused", 1));
        await Eventually.TrueAsync(() => real.ReadAsync("statused").GetAwaiter().GetResult()?.Status?.Seen == "1", "the status");
        await real.CreateAsync(Widget.Named("statused", 2));
        await Eventually.TrueAsync(() => real.ReadAsync("statused").GetAwaiter().GetResult()?.Status?.Seen == "2", "the new status");
        await Eventually.TrueAsync(() => controller is { Waiting: 0, Running: 0 }, "all is quiet");
        Assert.Equal([1, 2], work.Passes.Select(p => p.Spec!.Size));
        await real.DeleteAsync("statused");
    }

    [Fact]
    public async Task A_change_of_another_kind_causes_a_pass_of_what_it_concerns()
    {
        var work = new Recorder();
        var maps = new Informer<V1ConfigMap>(real.Api, new InformerOptions<V1ConfigMap> { Namespace = "default" }, _log);
        var running = maps.RunAsync(_stop.Token);
        _running.Add(running);
        using var controller = Start(work, null, c => c.Watches(maps, map => [new ObjectKey("default", map.Data?["for"] ?? "")]));
        await real.CreateAsync(Widget.Named("watching", 1));
        await Eventually.TrueAsync(() => work.Passes.Count == 1, "the first pass");
        var map = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "watched", NamespaceProperty = "default" },
            Data = new Dictionary<string, string> { ["for"] = "watching" },
        };
        await real.Writer.ApplyAsync(map, null, true, Token);
        await Eventually.TrueAsync(() => work.Passes.Count == 2, "the pass for the other kind");
        await real.Writer.DeleteAsync(ResourceKind.Of<V1ConfigMap>(), ObjectKey.Of(map), null, null, Token);
        await Eventually.TrueAsync(() => work.Passes.Count == 3, "the pass for its deletion");
        await real.DeleteAsync("watching");
    }

    [Fact]
    public async Task A_status_of_another_kind_that_is_filtered_out_causes_no_pass_and_its_spec_does()
    {
        var work = new Recorder();
        var hubs = real.Informer();
        _running.Add(hubs.RunAsync(_stop.Token));
        var before = int.MaxValue;
        using var controller = Start(work, null, c => c.Watches(hubs, SpokesOf, ChangeFilter.SpecOrMetadata));
        // Added after the controller's own handler, so called after it: what is heard here, the controller has been told.
        var heard = new ConcurrentQueue<Change<Widget>>();
        hubs.OnChange(change =>
        {
            if (change.Key.Name == "hub")
                heard.Enqueue(change);
        });
        await real.CreateAsync(Widget.Named("spoke", 1));
        await real.CreateAsync(Widget.Named("hub", 1));
        await Eventually.TrueAsync(() => heard.Count == 1 && Spokes() >= 1 && work.Passes.Any(p => p.Metadata.Name == "hub") && IsQuiet(), "all is quiet");
        before = Spokes();

        var hub = (await real.ReadAsync("hub"))!;
        var outcome = await real.Writer.UpdateStatusAsync(
            new Widget { Metadata = hub.Metadata, Spec = hub.Spec, Status = new WidgetStatus { Seen = "news" } }, hub, Token);
        Assert.True(outcome.IsSuccess);
        await Eventually.TrueAsync(() => heard.Count == 2 && IsQuiet(), "the status is heard of, and all is quiet");
        Assert.Equal(before, Spokes());

        await real.CreateAsync(Widget.Named("hub", 2));
        await Eventually.TrueAsync(() => heard.Count == 3 && Spokes() > before && IsQuiet(), "the pass for the spec");
        Assert.Equal(before + 1, Spokes());
        await real.DeleteAsync("hub");
        await real.DeleteAsync("spoke");

        int Spokes() => work.Passes.Count(p => p.Metadata.Name == "spoke");
        bool IsQuiet() => controller is { Waiting: 0, Running: 0 };

        ObjectKey[] SpokesOf(Widget widget)
        {
            // A worker has the time to begin with what the old object concerns before it is known what the new one does: still one change, one pass.
            if (widget is { Metadata.Name: "hub", Spec.Size: 2 })
                SpinWait.SpinUntil(() => Spokes() > before, TimeSpan.FromSeconds(0.5));
            return widget.Metadata.Name == "hub" ? [new ObjectKey("default", "spoke")] : [];
        }
    }

    [Fact]
    public async Task A_pass_that_asks_for_a_time_gets_it_and_one_that_fails_is_tried_again()
    {
        var work = new Recorder();
        work.OnPass = (widget, _) => Task.FromResult(work.Passes.Count switch
        {
            1 => ReconciliationResult<Widget>.Success(widget, TimeSpan.FromMilliseconds(50)),
            2 => ReconciliationResult<Widget>.Failure(widget, "not yet"),
            3 => throw new InvalidOperationException("as the test wants it"),
            _ => ReconciliationResult<Widget>.Success(widget),
        });
        using var controller = Start(work, null);
        await real.CreateAsync(Widget.Named("again", 1));
        await Eventually.TrueAsync(() => work.Passes.Count == 4, "four passes");
        Assert.Contains(_log.Entries, e => e.Id == 1104 && e.Text.Contains("default/again: not yet", StringComparison.Ordinal));
        Assert.True(_log.Has(1100));
        await Eventually.TrueAsync(() => controller is { Running: 0, Waiting: 0 }, "all is quiet");
        // The resync is all that is left to wait for.
        Assert.Equal(1, controller.Delayed);
        await real.DeleteAsync("again");
    }

    private Controller<Widget> Start(Recorder work, Recorder? finalizer, Action<Controller<Widget>>? wire = null)
    {
        var informer = real.Informer();
        var options = new ControllerOptions
        {
            Queue = new WorkQueueOptions { Backoff = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)) },
        };
        var controller = new Controller<Widget>(real.Writer, informer, work, finalizer, options, _log);
        wire?.Invoke(controller);
        _running.Add(informer.RunAsync(_stop.Token));
        _running.Add(controller.RunAsync(_stop.Token));
        return controller;
    }

    private sealed class Recorder : IEntityController<Widget>, IEntityFinalizer<Widget>
    {
        public ConcurrentQueue<Widget> Passes { get; } = new();

        public ConcurrentQueue<Widget> Gone { get; } = new();

        public ConcurrentQueue<Widget> Finalized { get; } = new();

        public Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>>? OnPass { get; set; }

        public bool Unwanted { get; init; }

        public int Waits { get; init; }

        public int Failures { get; init; }

        public string Identifier => Finalizer;

        public bool Wants(Widget entity) => !Unwanted;

        public Task<ReconciliationResult<Widget>> ReconcileAsync(Widget entity, CancellationToken cancellationToken)
        {
            Passes.Enqueue(entity);
            return OnPass?.Invoke(entity, cancellationToken) ?? Task.FromResult(ReconciliationResult<Widget>.Success(entity));
        }

        public Task<ReconciliationResult<Widget>> DeletedAsync(Widget entity, CancellationToken cancellationToken)
        {
            Gone.Enqueue(entity);
            return Task.FromResult(ReconciliationResult<Widget>.Success(entity));
        }

        public Task<ReconciliationResult<Widget>> FinalizeAsync(Widget entity, CancellationToken cancellationToken)
        {
            Finalized.Enqueue(entity);
            var call = Finalized.Count;
            return Task.FromResult(call <= Failures ? ReconciliationResult<Widget>.Failure(entity, "not possible yet")
                : call <= Failures + Waits ? ReconciliationResult<Widget>.Success(entity, TimeSpan.FromMilliseconds(30))
                : ReconciliationResult<Widget>.Success(entity));
        }
    }
}
