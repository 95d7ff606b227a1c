using System.Globalization;
using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes;

/// <summary>
/// Whether everything that an object would set is so already. What the other has beyond that (defaults, other writers' fields) does
/// not matter. Lists are compared element by element in order: a list that is longer or shorter differs.
/// </summary>
public static class SubsetCompare
{
    /// <summary>True when every value of <paramref name="desired"/> stands in <paramref name="current"/>. Null means absent.</summary>
    public static bool Holds(JsonNode? desired, JsonNode? current) => FirstDifference(desired, current, "") is null;

    /// <summary>The path of the first value that is not so, for example "/spec/replicas"; null when all is so.</summary>
    public static string? FirstDifference(JsonNode? desired, JsonNode? current) => FirstDifference(desired, current, "");

    private static string? FirstDifference(JsonNode? desired, JsonNode? current, string path) => (desired, current) switch
    {
        (null, _) => null,
        (JsonObject { Count: 0 } or JsonArray { Count: 0 }, null) => null,
        (JsonObject d, JsonObject c) => InMaps(d, c, path),
        (JsonArray d, JsonArray c) when d.Count == c.Count => InLists(d, c, path),
        (JsonValue d, JsonValue c) when Same(d, c) => null,
        _ => path.Length == 0 ? "/" : path,
    };

    private static string? InMaps(JsonObject desired, JsonObject current, string path)
    {
        foreach (var (name, value) in desired)
        {
            if (FirstDifference(value, current[name], $"{path}/{name}") is { } difference)
                return difference;
        }
        return null;
    }

    private static string? InLists(JsonArray desired, JsonArray current, string path)
    {
        for (var i = 0; i < desired.Count; i++)
        {
            if (FirstDifference(desired[i], current[i], string.Create(CultureInfo.InvariantCulture, $"{path}/{i}")) is { } difference)
                return difference;
        }
        return null;
    }

    private static bool Same(JsonValue a, JsonValue b)
    {
        if (a.GetValueKind() != b.GetValueKind())
            return false;
        // 1 and 1.0 are the same number.
        return JsonNode.DeepEquals(a, b)
            || (a.TryGetValue<double>(out var x) && b.TryGetValue<double>(out var y) && x.Equals(y));
    }
}
