using System.Text.Json;

namespace MtaSts.Kubernetes;

/// <summary>What is read of an object before its type is.</summary>
internal static class WatchedItem
{
    /// <summary>Where it is.</summary>
    public static ObjectKey KeyOf(JsonElement item)
    {
        var space = Metadata(item, "namespace");
        return new ObjectKey(string.IsNullOrEmpty(space) ? null : space, Metadata(item, "name") ?? "");
    }

    /// <summary>Its version; null where it has none.</summary>
    public static string? ResourceVersionOf(JsonElement item) => Metadata(item, "resourceVersion");

    private static string? Metadata(JsonElement item, string field) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
