using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MtaSts.TestBed;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>
/// What Kubernetes releases have, as the types of their JavaScript clients say, which are generated from each release's own OpenAPI description.
/// script/bootstrap fetches the packages that kubernetes-releases.txt lists.
/// </summary>
internal static partial class PublishedReleases
{
    /// <summary>The releases, oldest first.</summary>
    public static TheoryData<string> Names =>
        [.. File.ReadLines(Repository.PathOf("tests", "MtaSts.Operator.Tests", "Charts", "kubernetes-releases.txt")).Where(line => !line.StartsWith('#')).Select(line => line.Split(' ')[0])];

    private static readonly ConcurrentDictionary<string, Lazy<OpenApi>> Read = new();

    /// <summary>The description of a release; skips the test where its package was not fetched.</summary>
    public static OpenApi Require(string release)
    {
        var package = Path.Combine(BootstrapCache.Folder, "kubernetes-releases", release + ".tgz");
        Assert.SkipUnless(File.Exists(package), $"the types of Kubernetes {release} are not there: run script/bootstrap");
        return Read.GetOrAdd(release, _ => new Lazy<OpenApi>(() => new OpenApi(Definitions(package)))).Value;
    }

    private static JsonObject Definitions(string package)
    {
        var required = new Dictionary<string, HashSet<string>>();
        var maps = new Dictionary<string, JsonArray>();
        var kinds = new List<(string Group, string Version, string Kind)>();
        foreach (var (path, text) in TextsOf(package))
        {
            if (path.EndsWith("Api.js", StringComparison.Ordinal))
                kinds.AddRange(KindsOf(text));
            else if (AttributeMap.Match(text) is { Success: true } map)
                maps[map.Groups[1].Value] = JsonNode.Parse(map.Groups[2].Value)!.AsArray();
            else if (ClassLine.Match(text) is { Success: true } type)
                required[type.Groups[1].Value] = [.. RequiredLine.Matches(text).Select(m => m.Groups[1].Value)];
        }

        var definitions = new JsonObject();
        foreach (var (name, attributes) in maps)
        {
            definitions[name] = new JsonObject
            {
                ["properties"] = new JsonObject(attributes.Select(a => KeyValuePair.Create((string)a!["baseName"]!, (JsonNode?)SchemaOf((string)a["type"]!, maps)))),
                ["required"] = new JsonArray([.. attributes.Where(a => required[name].Contains((string)a!["name"]!)).Select(a => (JsonNode)(string)a!["baseName"]!)]),
            };
        }

        foreach (var (group, version, kind) in kinds)
        {
            // Models have no group in their names but where two groups have a kind of one name; those are none of ours.
            if (definitions[char.ToUpperInvariant(version[0]) + version[1..] + kind] is JsonObject definition)
                definition["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = kind });
        }

        return definitions;
    }

    private static IEnumerable<(string Path, string Text)> TextsOf(string package)
    {
        using var file = File.OpenRead(package);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || !WantedFile.IsMatch(entry.Name))
                continue;
            using var reader = new StreamReader(data);
            yield return (entry.Name, reader.ReadToEnd());
        }
    }

    // An API's file has the path of its group and version, and a method for each kind that can be created.
    private static IEnumerable<(string Group, string Version, string Kind)> KindsOf(string api)
    {
        if (ApiPath.Match(api) is not { Success: true } path)
            return [];
        return CreateMethod.Matches(api).Select(m => m.Groups[1].Value).Distinct().Select(kind => (path.Groups["group"].Value, path.Groups["version"].Value, kind));
    }

    private static JsonObject SchemaOf(string type, Dictionary<string, JsonArray> models)
    {
        if (ArrayType.Match(type) is { Success: true } array)
            return new JsonObject { ["type"] = "array", ["items"] = SchemaOf(array.Groups[1].Value, models) };
        if (MapType.Match(type) is { Success: true } map)
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = SchemaOf(map.Groups[1].Value, models) };
        return type switch
        {
            "string" or "number" or "boolean" => new JsonObject { ["type"] = type },
            "Date" or "V1MicroTime" => new JsonObject { ["type"] = "string" },
            "IntOrString" => new JsonObject { ["type"] = "string", ["format"] = "int-or-string" },
            "any" or "object" => [],
            _ when models.ContainsKey(type) => new JsonObject { ["$ref"] = "#/definitions/" + type },
            _ => throw new InvalidDataException($"a type that no model describes: {type}"),
        };
    }

    // The models' code and declarations, and the code of the APIs.
    [GeneratedRegex(@"/dist/gen/(?:models?/\w+\.(?:js|d\.ts)|apis?/\w+Api\.js)$")]
    private static partial Regex WantedFile { get; }

    [GeneratedRegex(@"^export (?:declare )?class (\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassLine { get; }

    [GeneratedRegex(@"^    '([^']+)': ", RegexOptions.Multiline)]
    private static partial Regex RequiredLine { get; }

    [GeneratedRegex(@"^(\w+)\.attributeTypeMap = (\[.*?\]);$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex AttributeMap { get; }

    [GeneratedRegex(@"'/api(?:s/(?<group>[^/']+))?/(?<version>v[^/']+)/")]
    private static partial Regex ApiPath { get; }

    [GeneratedRegex(@"async create(?:Namespaced)?(\w+)\(")]
    private static partial Regex CreateMethod { get; }

    [GeneratedRegex(@"^Array<(.+)>$")]
    private static partial Regex ArrayType { get; }

    [GeneratedRegex(@"^\{ \[key: string\]: (.+); \}$")]
    private static partial Regex MapType { get; }
}
