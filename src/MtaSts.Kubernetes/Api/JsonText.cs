using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace MtaSts.Kubernetes;

/// <summary>JSON as it goes over the wire.</summary>
public static class JsonText
{
    // An apply patch is read by a YAML parser, to which an escaped surrogate pair is two broken characters:
    // characters outside the basic plane have to be written as they are.
    private static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of a node, in UTF-8.</summary>
    public static byte[] Bytes(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writer))
            node.WriteTo(writer);
        var text = Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        return Encoding.UTF8.GetBytes(text.Contains("\\uD", StringComparison.OrdinalIgnoreCase) ? UnescapeSurrogates(text) : text);
    }

    /// <summary>An object as JSON by the client's own rules, without nulls.</summary>
    public static JsonObject ObjectOf(object entity)
    {
        var node = JsonNode.Parse(KubernetesJson.Serialize(entity)) as JsonObject
            ?? throw new ArgumentException("The entity does not serialise to a JSON object.", nameof(entity));
        DropNulls(node);
        return node;
    }

    /// <summary>A string value, or null when the node is absent or something else.</summary>
    public static string? TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A whole number, or null when the node is absent or something else.</summary>
    public static int? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>A moment as the API server's MicroTime: always six digits, which the typed client leaves out.</summary>
    public static string MicroTime(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void DropNulls(JsonNode node)
    {
        if (node is JsonObject map)
        {
            foreach (var name in map.Where(p => p.Value is null).Select(p => p.Key).ToArray())
                map.Remove(name);
            foreach (var (_, value) in map)
                DropNulls(value!);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                if (item is not null)
                    DropNulls(item);
            }
        }
    }

    private static string UnescapeSurrogates(string json)
    {
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 >= json.Length)
            {
                text.Append(json[i]);
            }
            else if (Escaped(json, i) is { } high && char.IsHighSurrogate(high)
                && Escaped(json, i + 6) is { } low && char.IsLowSurrogate(low))
            {
                text.Append(high).Append(low);
                i += 11;
            }
            else
            {
                // The character after a backslash belongs to it, so that an escaped backslash does not begin another escape.
                text.Append(json[i]).Append(json[++i]);
            }
        }
        return text.ToString();
    }

    private static char? Escaped(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
