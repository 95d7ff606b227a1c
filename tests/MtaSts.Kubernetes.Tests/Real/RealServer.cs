using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.TestBed;

namespace MtaSts.Kubernetes.Tests;

/// <summary>A real API server for the tests that need one, with the Widget type. Those tests run one after the other.</summary>
public sealed class RealServer : IAsyncLifetime
{
    public const string Collection = "real API server";

    private const string WidgetType = """
        {
          "metadata": { "name": "widgets.tests.mta-sts.dev" },
          "spec": {
            "group": "tests.mta-sts.dev",
            "names": { "kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget" },
            "scope": "Namespaced",
            "versions": [{
              "name": "v1", "served": true, "storage": true, "subresources": { "status": {} },
              "schema": { "openAPIV3Schema": { "type": "object", "properties": {
                "spec": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                "status": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } } } }
            }]
          }
        }
        """;

    private ControlPlane? _plane;

    /// <summary>The control plane; skips the test where there can be none.</summary>
    public ControlPlane Plane
    {
        get
        {
            if (ControlPlane.MissingReason() is { } reason)
                Assert.Skip(reason);
            return _plane!;
        }
    }

    internal ApiClient Api => new(Plane.Client);

    internal ServerSideApply Writer => new(Api, "tests");

    public async ValueTask InitializeAsync()
    {
        if (ControlPlane.MissingReason() is not null)
            return;
        var folder = Path.Combine(Path.GetTempPath(), $"mta-sts-runtime-tests-{Environment.ProcessId}");
        _plane = await ControlPlane.StartAsync(folder, CancellationToken.None);
        var body = (JsonObject)JsonNode.Parse(WidgetType)!;
        var outcome = await Writer.ApplyAsync(body, ResourceKind.Of<V1CustomResourceDefinition>(), null, true, CancellationToken.None);
        Assert.True(outcome.IsSuccess, outcome.ToString());
        await Eventually.TrueAsync(
            () => Api.GetAsync(ResourceKind.Of<Widget>().ListPath(null), CancellationToken.None).GetAwaiter().GetResult().IsSuccess,
            "the Widget type is served");
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
            await _plane.DisposeAsync();
    }

    internal async Task<Widget> CreateAsync(Widget widget)
    {
        var outcome = await Writer.ApplyAsync(widget, null, true, TestContext.Current.CancellationToken);
        return Assert.IsType<WriteOutcome.Written>(outcome).As<Widget>();
    }

    internal async Task<Widget?> ReadAsync(string name)
    {
        var outcome = await Writer.ReadAsync(
            ResourceKind.Of<Widget>(), new ObjectKey("default", name), TestContext.Current.CancellationToken);
        return (outcome as WriteOutcome.Written)?.As<Widget>();
    }

    internal Task<WriteOutcome> DeleteAsync(string name) => Writer.DeleteAsync(
        ResourceKind.Of<Widget>(), new ObjectKey("default", name), null, null, TestContext.Current.CancellationToken);

    internal Informer<Widget> Informer(string? labelSelector = null) => new(
        Api,
        new InformerOptions<Widget>
        {
            LabelSelector = labelSelector,
            Backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)),
        },
        NullLogger.Instance);
}

[CollectionDefinition(RealServer.Collection)]
public sealed class RealServerCollection : ICollectionFixture<RealServer>;
