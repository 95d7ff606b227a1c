using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Puts a finalizer on an entity and takes it off, without touching anybody else's.</summary>
internal static class Finalizers
{
    public static bool Carries(V1ObjectMeta metadata, string finalizer) => metadata.Finalizers?.Contains(finalizer) == true;

    /// <summary>Adds the finalizer if the entity is still at the version that is known here; a conflict otherwise.</summary>
    public static Task<WriteOutcome> AddAsync(ServerSideApply writer, ResourceKind kind, V1ObjectMeta metadata, string finalizer,
        CancellationToken cancellationToken)
    {
        var all = new JsonArray([.. (metadata.Finalizers ?? []).Append(finalizer).Select(f => (JsonNode)JsonValue.Create(f))]);
        // A merge patch replaces the whole list, so it holds only for the version that the list was read from.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = metadata.ResourceVersion, ["finalizers"] = all },
        };
        return writer.MergePatchAsync(kind, ObjectKey.Of(metadata), patch, null, cancellationToken);
    }

    /// <summary>Removes the finalizer if it still stands at its place; other changes of the entity do not matter.</summary>
    public static Task<WriteOutcome> RemoveAsync(ServerSideApply writer, ResourceKind kind, V1ObjectMeta metadata, string finalizer,
        CancellationToken cancellationToken)
    {
        var at = "/metadata/finalizers/" + (metadata.Finalizers ?? []).IndexOf(finalizer).ToString(CultureInfo.InvariantCulture);
        var patch = new JsonArray(
            new JsonObject { ["op"] = "test", ["path"] = "/metadata/uid", ["value"] = metadata.Uid },
            new JsonObject { ["op"] = "test", ["path"] = at, ["value"] = finalizer },
            new JsonObject { ["op"] = "remove", ["path"] = at });
        return writer.JsonPatchAsync(kind, ObjectKey.Of(metadata), patch, cancellationToken);
    }
}
