using System.Text.Json.Nodes;
using k8s;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Tests.Charts;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>Statuses of other versions: an older operator's are read whole, a younger one's as far as they are known (docs/decisions/0012-one-crd-version.md).</summary>
public sealed class UpgradeTests
{
    private static readonly string[] Recorded =
    [
        "policy-enforced.yaml", "policy-mx-certificate.yaml", "policy-mx-not-covered.yaml", "policy-paused.yaml", "policy-publishing.yaml", "policy-soaking.yaml", "retirement.yaml",
    ];

    public static TheoryData<string> Files => [.. Recorded];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_an_older_operator_recorded_is_read_and_written_again_without_loss(string file)
    {
        var status = StatusOf(Json(file));
        var state = StatusMapping.StateOf(status);

        Assert.Equal(status.Stage, state.Stage);
        Assert.Equal(status.ServedId, state.Served?.Id.ToString()); // the id is a function of the document: promise 3, across versions
        Assert.Equal(status.PolicyId, state.PublishedId?.ToString());
        Assert.Equal(status.History?.Count ?? 0, state.History.Length);
        var again = StatusMapping.StateOf(StatusMapping.WithState(status, state, null));
        Assert.Equal(StatusMappingTests.Json(StatusMapping.WithState(null, state, null)), StatusMappingTests.Json(StatusMapping.WithState(null, again, null)));
    }

    // Whoever goes back to an older operator has statuses of a younger one: it must not stumble over them, nor take a domain down for them.
    [Theory]
    [MemberData(nameof(Files))]
    public void A_status_from_the_future_gives_the_state_that_its_known_fields_say(string file)
    {
        var (known, future) = (Json(file), Json(file));
        AddUnknown(future["status"]!.AsObject());
        future["status"]!["checks"]?.AsArray().Add(new JsonObject { ["name"] = "PostQuantum", ["outcome"] = "Undecided", ["reason"] = "FromTheFuture", ["subject"] = "x", ["message"] = "x" });
        future["status"]!["conditions"]?.AsArray().Add(new JsonObject { ["type"] = "FromTheFuture", ["status"] = "Unknown", ["reason"] = "FromTheFuture", ["message"] = "", ["lastTransitionTime"] = "2030-01-01T00:00:00Z" });

        Assert.Equal(Written(known), Written(future));

        static string Written(JsonObject item) => StatusMappingTests.Json(StatusMapping.WithState(null, StatusMapping.StateOf(StatusOf(item)), null));
    }

    [Fact]
    public void A_spec_from_the_future_is_read_as_far_as_it_is_known()
    {
        var known = Json("policy-soaking.yaml");
        var future = Json("policy-soaking.yaml");
        AddUnknown(future["spec"]!.AsObject());
        Assert.Equal(
            KubernetesJson.Serialize(KubernetesJson.Deserialize<MtaStsPolicy>(known.ToJsonString()).Spec),
            KubernetesJson.Serialize(KubernetesJson.Deserialize<MtaStsPolicy>(future.ToJsonString()).Spec));
    }

    private static JsonObject Json(string file) => YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("tests/MtaSts.Operator.Tests/GitOps/Recorded", file))).Single();

    // A policy's and a retirement's status are of one type.
    private static MtaStsPolicyStatus StatusOf(JsonObject item) => KubernetesJson.Deserialize<MtaStsPolicyStatus>(item["status"]!.ToJsonString());

    // A field that nobody knows, in every object of a tree.
    private static void AddUnknown(JsonNode node)
    {
        foreach (var child in (node as JsonObject)?.Select(p => p.Value).ToList() ?? (node as JsonArray)?.ToList() ?? [])
        {
            if (child is not null)
            {
                AddUnknown(child);
            }
        }

        if (node is JsonObject map)
        {
            map["fromTheFuture"] = new JsonObject { ["a"] = new JsonArray(1, "b", null) };
        }
    }
}
