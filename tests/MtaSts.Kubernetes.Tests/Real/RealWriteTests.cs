using System.Text.Json.Nodes;
using k8s.Models;

namespace MtaSts.Kubernetes.Tests;

[Collection(RealServer.Collection)]
public sealed class RealWriteTests(RealServer real)
{
    private static readonly ObjectKey MapKey = new("default", "m");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_apply_that_changes_nothing_leaves_the_version_sent_or_not()
    {
        var first = Written(await real.Writer.ApplyAsync(Map("x"), null, true, Token));
        Assert.IsType<WriteOutcome.Unchanged>(await real.Writer.ApplyAsync(Map("x"), first.As<V1ConfigMap>(), true, Token));
        var sent = Written(await real.Writer.ApplyAsync(Map("x"), null, true, Token));
        Assert.Equal(first.ResourceVersion, sent.ResourceVersion);
        var changed = Written(await real.Writer.ApplyAsync(Map("y"), first.As<V1ConfigMap>(), true, Token));
        Assert.NotEqual(first.ResourceVersion, changed.ResourceVersion);
        await DeleteMapAsync();
    }

    [Fact]
    public async Task Typed_objects_of_every_group_are_unchanged_when_applied_again()
    {
        var labels = new Dictionary<string, string> { ["app"] = "x" };
        var metadata = new V1ObjectMeta { Name = "x", NamespaceProperty = "default" };
        await TwiceAsync(new V1Deployment
        {
            Metadata = metadata,
            Spec = new V1DeploymentSpec
            {
                Replicas = 2,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = new V1PodSpec
                    {
                        Containers =
                        [
                            new V1Container
                            {
                                Name = "c",
                                Image = "example/image:1",
                                Ports = [new V1ContainerPort { Name = "http", ContainerPort = 8080 }],
                                Resources = new V1ResourceRequirements
                                {
                                    Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new("40Mi") },
                                },
                                ReadinessProbe = new V1Probe { HttpGet = new V1HTTPGetAction { Path = "/", Port = "http" } },
                            },
                        ],
                    },
                },
            },
        });
        await TwiceAsync(new V1Service
        {
            Metadata = metadata,
            Spec = new V1ServiceSpec { Selector = labels, Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = "http" }] },
        });
        await TwiceAsync(new V1Ingress
        {
            Metadata = metadata,
            Spec = new V1IngressSpec
            {
                Tls = [new V1IngressTLS { Hosts = ["mta-sts.example.com"], SecretName = "tls" }],
                Rules =
                [
                    new V1IngressRule
                    {
                        Host = "mta-sts.example.com",
                        Http = new V1HTTPIngressRuleValue
                        {
                            Paths =
                            [
                                new V1HTTPIngressPath
                                {
                                    Path = "/",
                                    PathType = "Prefix",
                                    Backend = new V1IngressBackend
                                    {
                                        Service = new V1IngressServiceBackend
                                        {
                                            Name = "x",
                                            Port = new V1ServiceBackendPort { Name = "http" },
                                        },
                                    },
                                },
                            ],
                        },
                    },
                ],
            },
        });
        await TwiceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = "applied" } });
    }

    [Fact]
    public async Task An_api_that_the_server_lacks_is_told_from_an_object_that_is_missing()
    {
        var kind = new ResourceKind("nowhere.example", "v1", "Thing", "things");
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "t", ["namespace"] = "default" } };
        Assert.IsType<WriteOutcome.ApiMissing>(await real.Writer.ApplyAsync(body, kind, null, true, Token));
        var version = kind with { Group = "policy", Version = "v99" };
        Assert.IsType<WriteOutcome.ApiMissing>(await real.Writer.ApplyAsync(body, version, null, true, Token));
        var map = Map("x");
        map.Metadata.NamespaceProperty = "no-such-namespace";
        Assert.IsType<WriteOutcome.NotFound>(await real.Writer.ApplyAsync(map, null, true, Token));
        Assert.IsType<WriteOutcome.NotFound>(await real.Writer.ReadAsync(ResourceKind.Of<Widget>(), new ObjectKey("default", "nope"), Token));
        Assert.IsType<WriteOutcome.ApiMissing>(
            await real.Writer.ReadAsync(ResourceKind.Of<Widget>() with { Plural = "gadgets" }, new ObjectKey("default", "nope"), Token));
        Assert.IsType<WriteOutcome.Rejected>(
            await real.Writer.ApplyAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "UPPER", NamespaceProperty = "default" } },
                null, true, Token));
    }

    [Fact]
    public async Task A_field_of_another_manager_is_a_conflict_unless_forced()
    {
        var other = new ServerSideApply(real.Api, "somebody-else");
        Written(await other.ApplyAsync(Map("theirs"), null, true, Token));
        Assert.IsType<WriteOutcome.Conflict>(await real.Writer.ApplyAsync(Map("ours"), null, false, Token));
        Written(await real.Writer.ApplyAsync(Map("ours"), null, true, Token));
        await DeleteMapAsync();
    }

    [Fact]
    public async Task A_merge_patch_sets_and_removes_single_keys_and_text_arrives_as_it_was()
    {
        const string letter = "\U0001F4E7 \u00e4 \\ \"";
        Written(await real.Writer.ApplyAsync(Map(letter), null, true, Token));
        var kind = ResourceKind.Of<V1ConfigMap>();
        var patch = new JsonObject { ["data"] = new JsonObject { ["k"] = null, ["added"] = letter } };
        await real.Writer.MergePatchAsync(kind, MapKey, patch, null, Token);
        var map = Written(await real.Writer.ReadAsync(kind, MapKey, Token)).As<V1ConfigMap>();
        Assert.Equal(KeyValuePair.Create("added", letter), Assert.Single(map.Data));
        await DeleteMapAsync();
    }

    [Fact]
    public async Task A_status_update_at_an_old_version_is_a_conflict_and_touches_no_spec()
    {
        var old = await real.CreateAsync(Widget.Named("status", 1));
        await real.CreateAsync(Widget.Named("status", 2));
        old.Status = new WidgetStatus { Seen = "late" };
        Assert.IsType<WriteOutcome.Conflict>(await real.Writer.UpdateStatusAsync(old, null, Token));
        var current = (await real.ReadAsync("status"))!;
        current.Status = new WidgetStatus { Seen = "now" };
        current.Spec!.Size = 77;
        Written(await real.Writer.UpdateStatusAsync(current, null, Token));
        var after = (await real.ReadAsync("status"))!;
        Assert.Equal(("now", 2), (after.Status?.Seen, after.Spec?.Size));

        var applied = await real.Writer.ApplyStatusAsync(
            new JsonObject { ["seen"] = "applied" }, ResourceKind.Of<Widget>(), new ObjectKey("default", "status"), null, Token);
        Assert.Equal("applied", Written(applied).As<Widget>().Status?.Seen);
        await real.DeleteAsync("status");
    }

    [Fact]
    public async Task A_delete_spares_a_later_object_of_the_same_name()
    {
        var first = await real.CreateAsync(Widget.Named("reborn", 1));
        await real.DeleteAsync("reborn");
        await real.CreateAsync(Widget.Named("reborn", 1));
        var kind = ResourceKind.Of<Widget>();
        var key = new ObjectKey("default", "reborn");
        Assert.IsType<WriteOutcome.Conflict>(await real.Writer.DeleteAsync(kind, key, first.Metadata.Uid, null, Token));
        Assert.IsType<WriteOutcome.Deleted>(await real.Writer.DeleteAsync(kind, key, null, null, Token));
        Assert.IsType<WriteOutcome.Deleted>(await real.Writer.DeleteAsync(kind, key, null, null, Token));
    }

    private async Task TwiceAsync<T>(T desired)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        var first = Written(await real.Writer.ApplyAsync(desired, null, true, Token));
        Assert.IsType<WriteOutcome.Unchanged>(await real.Writer.ApplyAsync(desired, first.As<T>(), true, Token));
        await real.Writer.DeleteAsync(ResourceKind.Of<T>(), ObjectKey.Of(desired), null, null, Token);
    }

    private Task<WriteOutcome> DeleteMapAsync() => real.Writer.DeleteAsync(ResourceKind.Of<V1ConfigMap>(), MapKey, null, null, Token);

    private static WriteOutcome.Written Written(WriteOutcome outcome)
    {
        Assert.True(outcome is WriteOutcome.Written, outcome.ToString());
        return (WriteOutcome.Written)outcome;
    }

    private static V1ConfigMap Map(string value) => new()
    {
        Metadata = new V1ObjectMeta { Name = "m", NamespaceProperty = "default" },
        Data = new Dictionary<string, string> { ["k"] = value },
    };
}
