using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.TestBed.Players;

namespace MtaSts.TestBed.Foreign;

/// <summary>An object of a kind that another project defines.</summary>
public sealed class ForeignResource : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Its spec.</summary>
    public JsonElement? Spec { get; set; }

    /// <summary>Its status, or null.</summary>
    public JsonElement? Status { get; set; }

    /// <summary>A copy of the spec to read; empty where there is none.</summary>
    public JsonNode SpecNode => Spec is { } spec ? JsonNode.Parse(spec.GetRawText())! : new JsonObject();

    /// <summary>A copy of the status to read; empty where there is none.</summary>
    public JsonNode StatusNode => Status is { } status ? JsonNode.Parse(status.GetRawText())! : new JsonObject();

    /// <summary>The status of a condition of the status; null where it is not there.</summary>
    public string? Condition(string type) => InCondition(type, "status");

    /// <summary>The reason of a condition of the status; null where it is not there.</summary>
    public string? ReasonOf(string type) => InCondition(type, "reason");

    private string? InCondition(string type, string field) =>
        StatusNode["conditions"]?.AsArray().Where(c => (string?)c!["type"] == type).Select(c => (string?)c![field]).FirstOrDefault();
}

/// <summary>A kind of such objects: how it is listed and written.</summary>
/// <param name="Group">Its group; the version is v1.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">Its name in paths.</param>
internal sealed record ForeignKind(string Group, string Kind, string Plural)
{
    public static readonly ForeignKind Certificate = new("cert-manager.io", "Certificate", "certificates");
    public static readonly ForeignKind Gateway = new("gateway.networking.k8s.io", "Gateway", "gateways");
    public static readonly ForeignKind HttpRoute = new("gateway.networking.k8s.io", "HTTPRoute", "httproutes");
    public static readonly ForeignKind ListenerSet = new("gateway.networking.k8s.io", "ListenerSet", "listenersets");

    /// <summary>All objects of the kind, kept up to date.</summary>
    public ObjectMirror<ForeignResource> Mirror(IKubernetes client, Action changed) => new(
        async token =>
        {
            var listed = JsonNode.Parse(KubernetesJson.Serialize(await client.CustomObjects.ListClusterCustomObjectAsync(Group, "v1", Plural, cancellationToken: token)))!;
            return ((string)listed["metadata"]!["resourceVersion"]!, [.. listed["items"]!.AsArray().Select(item => KubernetesJson.Deserialize<ForeignResource>(item!.ToJsonString()))]);
        },
        (version, seconds, token) => client.CustomObjects.WatchListClusterCustomObjectAsync(Group, "v1", Plural, resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token)
            .Select(e => (e.Item1, KubernetesJson.Deserialize<ForeignResource>(KubernetesJson.Serialize(e.Item2)))),
        changed);

    /// <summary>Merges a status in.</summary>
    public Task SetStatusAsync(IKubernetes client, ForeignResource item, object status, CancellationToken cancellationToken) =>
        client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch(JsonSerializer.Serialize(new { status }), V1Patch.PatchType.MergePatch), Group, "v1", item.Metadata.NamespaceProperty, Plural, item.Metadata.Name,
            cancellationToken: cancellationToken);

    /// <summary>A condition for <see cref="SetStatusAsync"/>; its message is the reason where there is none. API servers of 1.20 take an empty one for none, and refuse it.</summary>
    public static object ConditionOf(string type, bool holds, string reason, string? message = null) =>
        new { type, status = holds ? "True" : "False", reason, message = message ?? reason, lastTransitionTime = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) };
}
