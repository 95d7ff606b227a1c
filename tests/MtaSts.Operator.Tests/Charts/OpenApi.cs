using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>
/// Checks objects against the OpenAPI v2 description of a Kubernetes release: no field that it does not know, every field that it requires,
/// every type right. The description is not part of the repository: it is looked for in MTASTS_OPENAPI, else beside the repository.
/// </summary>
internal sealed class OpenApi
{
    private static readonly Lazy<OpenApi?> Loaded = new(Load);

    private readonly JsonObject _definitions;
    private readonly Dictionary<(string Group, string Version, string Kind), string> _byKind = [];

    /// <summary>The description that has these definitions.</summary>
    public OpenApi(JsonObject definitions)
    {
        _definitions = definitions;
        foreach (var (name, definition) in definitions)
        {
            foreach (var kind in definition!["x-kubernetes-group-version-kind"]?.AsArray() ?? [])
            {
                _byKind[((string)kind!["group"]!, (string)kind["version"]!, (string)kind["kind"]!)] = name;
            }
        }
    }

    /// <summary>The description, or null where there is none.</summary>
    public static OpenApi? Find() => Loaded.Value;

    /// <summary>The description that an API server gives.</summary>
    public static OpenApi Of(string json) => new(JsonNode.Parse(json)!["definitions"]!.AsObject());

    /// <summary>What is wrong with an object; null when its kind is not described (a custom resource).</summary>
    public IReadOnlyList<string>? Problems(JsonObject subject)
    {
        var apiVersion = ((string)subject["apiVersion"]!).Split('/');
        var (group, version) = apiVersion.Length == 1 ? ("", apiVersion[0]) : (apiVersion[0], apiVersion[1]);
        var problems = new List<string>();
        if (!_byKind.TryGetValue((group, version, (string)subject["kind"]!), out var name))
        {
            return null;
        }

        Check((string)subject["kind"]!, subject, _definitions[name]!.AsObject(), problems);
        return problems;
    }

    private static OpenApi? Load()
    {
        var named = Environment.GetEnvironmentVariable("MTASTS_OPENAPI");
        var folder = Repository.PathOf("..", "shared", "openapi");
        var path = named ?? (Directory.Exists(folder) ? Directory.GetFiles(folder, "kubernetes-*-openapi-v2.json.gz").Order().LastOrDefault() : null);
        if (path is null || !File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        return new OpenApi(JsonNode.Parse(unpacked)!["definitions"]!.AsObject());
    }

    private void Check(string path, JsonNode? value, JsonObject schema, List<string> problems)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(path, value, _definitions[((string)reference!).Split('/')[^1]]!.AsObject(), problems);
            return;
        }

        if (value is null)
        {
            problems.Add($"{path} is null");
        }
        else if (schema["properties"] is JsonObject properties)
        {
            CheckObject(path, value, schema, properties, problems);
        }
        else if (schema["additionalProperties"] is JsonObject values && value is JsonObject map)
        {
            foreach (var (key, inner) in map)
            {
                Check($"{path}.{key}", inner, values, problems);
            }
        }
        else if (schema["items"] is JsonObject item && value is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Check($"{path}[{i}]", list[i], item, problems);
            }
        }
        else if (!IsOfType(value, (string?)schema["type"], (string?)schema["format"], schema))
        {
            problems.Add($"{path} is {value.ToJsonString()}, not {schema["type"]}");
        }
    }

    private void CheckObject(string path, JsonNode value, JsonObject schema, JsonObject properties, List<string> problems)
    {
        if (value is not JsonObject map)
        {
            problems.Add($"{path} is no object");
            return;
        }

        foreach (var required in schema["required"]?.AsArray() ?? [])
        {
            if (!map.ContainsKey((string)required!))
            {
                problems.Add($"{path}.{required} is missing");
            }
        }

        foreach (var (key, inner) in map)
        {
            if (properties[key] is JsonObject known)
            {
                Check($"{path}.{key}", inner, known, problems);
            }
            else
            {
                problems.Add($"{path}.{key} is not known");
            }
        }
    }

    private static bool IsOfType(JsonNode value, string? type, string? format, JsonObject schema) => (type, value.GetValueKind()) switch
    {
        (null, _) => true,
        ("string", JsonValueKind.String) => true,
        ("string", JsonValueKind.Number) => format == "int-or-string" || (schema["description"]?.ToString().StartsWith("Quantity", StringComparison.Ordinal) ?? false),
        ("integer" or "number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("object", JsonValueKind.Object) => true,
        _ => false,
    };
}
