using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Writes objects: mostly by server-side apply, and by patch, status update and delete where that fits better.</summary>
/// <param name="api">The API server.</param>
/// <param name="fieldManager">Who owns the applied fields, at most 128 printable characters.</param>
/// <param name="hashAnnotation">
/// The annotation that <see cref="ApplyAsync(JsonObject, ResourceKind, JsonObject?, bool, CancellationToken)"/> puts on each object with a
/// hash of what was applied; null for none. It lets the comparison see that a field is no longer wanted, which the object itself
/// does not tell.
/// </param>
public sealed class ServerSideApply(ApiClient api, string fieldManager, string? hashAnnotation = "mta-sts.dev/applied-hash")
{
    private const string ApplyType = "application/apply-patch+yaml";
    private const string MergeType = "application/merge-patch+json";
    private const string JsonPatchType = "application/json-patch+json";

    /// <summary>Applies a typed object.</summary>
    /// <param name="desired">The fields to own. apiVersion and kind are filled in; managedFields and status are left out.</param>
    /// <param name="current">The object as a cache has it; when all is so already, nothing is sent. Null to send always.</param>
    /// <param name="force">Take fields over from other managers; without it such a field is a conflict.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<WriteOutcome> ApplyAsync<T>(T desired, T? current, bool force, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var body = JsonText.ObjectOf(desired);
        body.Remove("status");
        return ApplyAsync(body, ResourceKind.Of(desired.GetType()), current is null ? null : JsonText.ObjectOf(current), force,
            cancellationToken);
    }

    /// <summary>Applies an object given as JSON.</summary>
    /// <param name="desired">The fields to own; needs metadata.name, and metadata.namespace where the kind has one. Not changed.</param>
    /// <param name="kind">The resource type; its apiVersion and kind are filled in.</param>
    /// <param name="current">The object as a cache has it; when all is so already, nothing is sent. Null to send always.</param>
    /// <param name="force">Take fields over from other managers; without it such a field is a conflict.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<WriteOutcome> ApplyAsync(
        JsonObject desired, ResourceKind kind, JsonObject? current, bool force, CancellationToken cancellationToken)
    {
        var body = Prepare(desired, kind, withHash: true);
        if (IsSo(body, kind, current))
            return new WriteOutcome.Unchanged();
        return await PatchAsync(kind, KeyOf(body), null, body, ApplyType, ApplyQuery(force), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when an apply would change nothing: all fields are so already, and none was applied that is not wanted any more.</summary>
    /// <param name="desired">The fields to own.</param>
    /// <param name="kind">The resource type.</param>
    /// <param name="current">The object as a cache has it; null where there is none.</param>
    public bool IsApplied(JsonObject desired, ResourceKind kind, JsonObject? current) =>
        IsSo(Prepare(desired, kind, withHash: true), kind, current);

    /// <summary>Applies the status of an object. Other managers' status fields stay.</summary>
    /// <param name="status">The status fields to own.</param>
    /// <param name="kind">The resource type.</param>
    /// <param name="key">The object; it must exist, an apply to a status creates nothing.</param>
    /// <param name="currentStatus">The status as a cache has it; when all is so already, nothing is sent. Null to send always.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<WriteOutcome> ApplyStatusAsync(
        JsonObject status, ResourceKind kind, ObjectKey key, JsonObject? currentStatus, CancellationToken cancellationToken)
    {
        if (currentStatus is not null && SubsetCompare.Holds(status, currentStatus))
            return new WriteOutcome.Unchanged();
        var metadata = new JsonObject { ["name"] = key.Name };
        if (key.Namespace is { } space)
            metadata["namespace"] = space;
        var body = Prepare(new JsonObject { ["metadata"] = metadata, ["status"] = status.DeepClone() }, kind, withHash: false);
        return await PatchAsync(kind, key, "status", body, ApplyType, ApplyQuery(force: true), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Replaces the status of an object, if it is still at the entity's resource version; <see cref="WriteOutcome.Conflict"/> otherwise.
    /// </summary>
    /// <param name="entity">The entity with its new status and the resource version it was read at. Spec and metadata are not written.</param>
    /// <param name="current">The entity as a cache has it; when its whole status is the same, nothing is sent. Null to send always.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<WriteOutcome> UpdateStatusAsync<T>(T entity, T? current, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = ResourceKind.Of(entity.GetType());
        var body = WithType(JsonText.ObjectOf(entity), kind);
        if (current is not null && JsonNode.DeepEquals(body["status"] ?? new JsonObject(), JsonText.ObjectOf(current)["status"] ?? new JsonObject()))
            return new WriteOutcome.Unchanged();
        var path = $"{kind.ObjectPath(ObjectKey.Of(entity), "status")}?fieldManager={Uri.EscapeDataString(fieldManager)}";
        var reply = await api.SendAsync(HttpMethod.Put, path, body, null, null, cancellationToken).ConfigureAwait(false);
        return WriteOutcome.Of(reply, kind);
    }

    /// <summary>Merges a patch into an object: sets what it names, removes what it names with null, leaves the rest.</summary>
    /// <param name="kind">The resource type.</param>
    /// <param name="key">The object; it must exist.</param>
    /// <param name="patch">With metadata.resourceVersion it holds only for that version.</param>
    /// <param name="subresource">For example "status"; null for the object itself.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<WriteOutcome> MergePatchAsync(
        ResourceKind kind, ObjectKey key, JsonObject patch, string? subresource, CancellationToken cancellationToken) =>
        PatchAsync(kind, key, subresource, patch, MergeType, Query(), cancellationToken);

    /// <summary>Runs a list of JSON patch operations. A failed test operation is a <see cref="WriteOutcome.Conflict"/>.</summary>
    public async Task<WriteOutcome> JsonPatchAsync(ResourceKind kind, ObjectKey key, JsonArray patch, CancellationToken cancellationToken)
    {
        var outcome = await PatchAsync(kind, key, null, patch, JsonPatchType, Query(), cancellationToken).ConfigureAwait(false);
        // The server answers 422 to a failed test and to a path that is not there; both mean that the object is not what was thought.
        return outcome is WriteOutcome.Rejected { Code: 422 } rejected ? new WriteOutcome.Conflict(rejected.Message) : outcome;
    }

    /// <summary>Creates an object; <see cref="WriteOutcome.Conflict"/> when it exists.</summary>
    public async Task<WriteOutcome> CreateAsync(ResourceKind kind, JsonObject body, CancellationToken cancellationToken)
    {
        var typed = WithType(body, kind);
        var path = $"{kind.ListPath(KeyOf(typed).Namespace)}?{Query()}";
        var reply = await api.SendAsync(HttpMethod.Post, path, typed, null, null, cancellationToken).ConfigureAwait(false);
        return WriteOutcome.Of(reply, kind);
    }

    /// <summary>Deletes an object. One that is not there is deleted.</summary>
    /// <param name="kind">The resource type.</param>
    /// <param name="key">The object.</param>
    /// <param name="uid">Delete only the object of this uid, not a later one of the same name; null for any.</param>
    /// <param name="resourceVersion">Delete only at this version; null for any.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<WriteOutcome> DeleteAsync(
        ResourceKind kind, ObjectKey key, string? uid, string? resourceVersion, CancellationToken cancellationToken)
    {
        var preconditions = new JsonObject();
        if (uid is not null)
            preconditions["uid"] = uid;
        if (resourceVersion is not null)
            preconditions["resourceVersion"] = resourceVersion;
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = "Background",
            ["preconditions"] = preconditions,
        };
        var reply = await api.SendAsync(HttpMethod.Delete, kind.ObjectPath(key), body, null, null, cancellationToken).ConfigureAwait(false);
        return WriteOutcome.Of(reply, kind) is var outcome && (reply.IsSuccess || outcome is WriteOutcome.NotFound)
            ? new WriteOutcome.Deleted()
            : outcome;
    }

    /// <summary>Reads one object; null with <see cref="WriteOutcome.NotFound"/> when it does not exist.</summary>
    /// <returns><see cref="WriteOutcome.Written"/> with the object as it is, or why it could not be read.</returns>
    public async Task<WriteOutcome> ReadAsync(ResourceKind kind, ObjectKey key, CancellationToken cancellationToken) =>
        WriteOutcome.Of(await api.GetAsync(kind.ObjectPath(key), cancellationToken).ConfigureAwait(false), kind);

    private async Task<WriteOutcome> PatchAsync(ResourceKind kind, ObjectKey key, string? subresource, JsonNode body, string type,
        string query, CancellationToken cancellationToken)
    {
        var path = $"{kind.ObjectPath(key, subresource)}?{query}";
        var reply = await api.SendAsync(HttpMethod.Patch, path, body, type, null, cancellationToken).ConfigureAwait(false);
        return WriteOutcome.Of(reply, kind);
    }

    private static bool IsSo(JsonObject body, ResourceKind kind, JsonObject? current) =>
        current is not null && SubsetCompare.Holds(body, WithType(current, kind));

    private JsonObject Prepare(JsonObject desired, ResourceKind kind, bool withHash)
    {
        var body = WithType(desired, kind);
        if (body["metadata"] is not JsonObject metadata || string.IsNullOrEmpty(JsonText.TextOf(metadata["name"])))
            throw new ArgumentException("The object has no metadata.name.", nameof(desired));
        // The server refuses an apply that carries them.
        metadata.Remove("managedFields");
        PortProtocols.Fill(body);
        if (!withHash || hashAnnotation is null)
            return body;
        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonText.Bytes(body)))[..16];
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations[hashAnnotation] = hash;
        return body;
    }

    private static JsonObject WithType(JsonObject item, ResourceKind kind)
    {
        var copy = (JsonObject)item.DeepClone();
        copy["apiVersion"] = kind.ApiVersion;
        copy["kind"] = kind.Kind;
        return copy;
    }

    private static ObjectKey KeyOf(JsonObject body)
    {
        var space = JsonText.TextOf(body["metadata"]?["namespace"]);
        return new ObjectKey(string.IsNullOrEmpty(space) ? null : space, JsonText.TextOf(body["metadata"]?["name"]) ?? "");
    }

    private string Query() => $"fieldManager={Uri.EscapeDataString(fieldManager)}";

    private string ApplyQuery(bool force) =>
        string.Create(CultureInfo.InvariantCulture, $"{Query()}&force={(force ? "true" : "false")}");
}
