using System.Text.Json.Nodes;
using k8s.Models;
using static MtaSts.Kubernetes.Tests.ScriptedServer;

namespace MtaSts.Kubernetes.Tests;

public sealed class ServerSideApplyTests
{
    private static readonly ResourceKind ConfigMaps = ResourceKind.Of<V1ConfigMap>();

    [Theory]
    [InlineData(409, """{"kind":"Status","message":"m","details":{"name":"x"}}""", typeof(WriteOutcome.Conflict), true)]
    [InlineData(404, """{"kind":"Status","message":"m","details":{"name":"x"}}""", typeof(WriteOutcome.NotFound), false)]
    [InlineData(404, "404 page not found", typeof(WriteOutcome.ApiMissing), false)]
    [InlineData(404, """{"kind":"Status","message":"the server could not find the requested resource","details":{}}""",
        typeof(WriteOutcome.ApiMissing), false)]
    [InlineData(422, """{"kind":"Status","message":"m"}""", typeof(WriteOutcome.Rejected), false)]
    [InlineData(403, """{"kind":"Status","message":"m"}""", typeof(WriteOutcome.Rejected), false)]
    [InlineData(429, "", typeof(WriteOutcome.Unavailable), true)]
    [InlineData(503, "", typeof(WriteOutcome.Unavailable), true)]
    public async Task Answers_become_outcomes(int code, string body, Type outcome, bool transient)
    {
        await using var server = new ScriptedServer(null, Reply(code, body));
        var got = await Writer(server).ApplyAsync(Map("v"), ConfigMaps, null, true, TestContext.Current.CancellationToken);
        Assert.IsType(outcome, got);
        Assert.Equal(transient, got.IsTransient);
        Assert.False(got.IsSuccess);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var server = new ScriptedServer(null);
        var writer = Writer(server);
        await server.DisposeAsync();
        using var client = new k8s.Kubernetes(new k8s.KubernetesClientConfiguration { Host = server.Client.BaseUri.ToString() });
        var outcome = await new ServerSideApply(new ApiClient(client), "tests")
            .ApplyAsync(Map("v"), ConfigMaps, null, true, TestContext.Current.CancellationToken);
        Assert.IsType<WriteOutcome.Unavailable>(outcome);
    }

    [Fact]
    public async Task What_is_so_already_is_not_sent_and_what_is_no_longer_wanted_is_noticed()
    {
        await using var server = new ScriptedServer(null, Echo, Echo);
        var writer = Writer(server);
        var first = await writer.ApplyAsync(Map("v", "extra"), ConfigMaps, null, true, TestContext.Current.CancellationToken);
        var current = Assert.IsType<WriteOutcome.Written>(first).Body;
        Assert.IsType<WriteOutcome.Unchanged>(
            await writer.ApplyAsync(Map("v", "extra"), ConfigMaps, current, true, TestContext.Current.CancellationToken));
        // Every value that is still wanted stands in the object; only the hash tells that one is not wanted any more.
        Assert.IsType<WriteOutcome.Written>(
            await writer.ApplyAsync(Map("v"), ConfigMaps, current, true, TestContext.Current.CancellationToken));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task An_apply_names_its_manager_and_leaves_out_what_servers_refuse()
    {
        await using var server = new ScriptedServer(null, Echo);
        var map = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta
            {
                Name = "m",
                NamespaceProperty = "n",
                ManagedFields = [new V1ManagedFieldsEntry { Manager = "x" }],
            },
        };
        await Writer(server).ApplyAsync(map, null, false, TestContext.Current.CancellationToken);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/api/v1/namespaces/n/configmaps/m", request.Path);
        Assert.Equal(("tests", "false"), (request.Query["fieldManager"], request.Query["force"]));
        Assert.Equal(("v1", "ConfigMap"), ((string?)request.Body!["apiVersion"], (string?)request.Body!["kind"]));
        Assert.Null(request.Body!["metadata"]!["managedFields"]);
    }

    [Fact]
    public async Task A_status_is_written_at_its_version_and_not_at_all_when_it_is_the_same()
    {
        await using var server = new ScriptedServer(null, Echo);
        var old = Widget.Named("a");
        old.Metadata.ResourceVersion = "7";
        old.Status = new WidgetStatus { Seen = "x" };
        var same = Widget.Named("a");
        same.Status = new WidgetStatus { Seen = "x" };
        var writer = Writer(server);
        Assert.IsType<WriteOutcome.Unchanged>(await writer.UpdateStatusAsync(same, old, TestContext.Current.CancellationToken));
        same.Status.Seen = "y";
        same.Metadata.ResourceVersion = "7";
        Assert.IsType<WriteOutcome.Written>(await writer.UpdateStatusAsync(same, old, TestContext.Current.CancellationToken));
        var request = Assert.Single(server.Requests);
        Assert.Equal($"/apis/{Widget.GroupName}/v1/namespaces/default/widgets/a/status", request.Path);
        Assert.Equal("7", (string?)request.Body!["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\U0001F4E7 and \\uD83D\\uDCE7 and \\ and \"")]
    public void Text_outside_the_basic_plane_is_written_as_it_is(string text)
    {
        var bytes = JsonText.Bytes(new JsonObject { ["t"] = text });
        var json = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.Equal(text, (string?)JsonNode.Parse(json)!["t"]);
        Assert.Equal(text.Contains('\uD83D', StringComparison.Ordinal), json.Contains("\U0001F4E7", StringComparison.Ordinal));
    }

    private static ServerSideApply Writer(ScriptedServer server) => new(server.Api, "tests");

    private static JsonObject Map(string value, string? extra = null)
    {
        var data = new JsonObject { ["k"] = value };
        if (extra is not null)
            data["extra"] = extra;
        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = "m", ["namespace"] = "n" }, ["data"] = data };
    }

    private static Task Echo(ScriptedExchange exchange) => exchange.RespondAsync(200, exchange.Body!.ToJsonString());
}
