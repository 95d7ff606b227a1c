using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>A text of YAML documents (JSON is one) as JSON trees, with the types that a Kubernetes client would send.</summary>
internal static class YamlTree
{
    private const int NodesMax = 200_000; // aliases make much out of little
    private const int DepthMax = 64;

    /// <summary>Reads the documents; empty ones are null. On failure <paramref name="problem"/> says where and what.</summary>
    public static bool TryRead(string text, out IReadOnlyList<JsonNode?> documents, out string problem)
    {
        var nodes = 0;
        documents = [];
        problem = "";
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            documents = [.. stream.Documents.Select(d => Convert(d.RootNode, 0))];
            return true;
        }
        catch (YamlException failure)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"line {failure.Start.Line}: {(failure.InnerException ?? failure).Message}");
            return false;
        }

        JsonNode? Convert(YamlNode node, int depth)
        {
            if (++nodes > NodesMax || depth > DepthMax)
            {
                throw new YamlException(node.Start, node.End, $"there are more than {NodesMax} nodes, or they are nested more than {DepthMax} deep");
            }

            return node switch
            {
                YamlMappingNode map => new JsonObject(map.Select(e => KeyValuePair.Create(KeyOf(e.Key), Convert(e.Value, depth + 1)))),
                YamlSequenceNode list => new JsonArray([.. list.Select(item => Convert(item, depth + 1))]),
                YamlScalarNode { Style: ScalarStyle.Plain } scalar when scalar.Tag.IsEmpty => Typed(scalar.Value ?? ""),
                YamlScalarNode scalar => scalar.Value,
                _ => throw new YamlException(node.Start, node.End, "only maps, lists and scalars make a manifest"),
            };
        }
    }

    private static string KeyOf(YamlNode key) =>
        key is YamlScalarNode { Value: { } text } ? text : throw new YamlException(key.Start, key.End, "a key is not a text");

    private static JsonNode? Typed(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ when IsFraction(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => text,
    };

    private static bool IsFraction(string text) => text.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E') && text.Any(char.IsAsciiDigit);
}
