using System.Text.Json.Nodes;
using MtaSts.Operator.Tests.Charts;

namespace MtaSts.Operator.Tests.Docs;

/// <summary>docs/api.md is written from the CRDs: whoever changes a field changes its row.</summary>
public sealed class ApiReferenceTests
{
    private static readonly (string File, string Scope)[] Kinds =
    [
        ("mta-sts.dev_mtastspolicies.yaml", "written by the owner of the domain"),
        ("mta-sts.dev_mtastsclasses.yaml", "written by the platform team"),
        ("mta-sts.dev_clusterdnsproviders.yaml", "written by the platform team"),
        ("mta-sts.dev_dnsproviders.yaml", "written by a tenant, where his class lets him"),
        ("mta-sts.dev_mtastsretirements.yaml", "written by the operator alone"),
    ];

    [Fact]
    public void Every_field_of_every_kind_has_its_row() => GeneratedPart.Check("api.md", "api", Kinds.SelectMany(kind => Lines(kind.File, kind.Scope)));

    [Fact]
    public void No_kind_is_left_out() => Assert.Equal(
        Directory.GetFiles(Repository.PathOf("crds"), "*.yaml").Select(Path.GetFileName).Order(StringComparer.Ordinal), Kinds.Select(k => k.File).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Lines(string file, string writer)
    {
        var crd = YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("crds", file))).Single();
        var (spec, version) = (crd["spec"]!, crd["spec"]!["versions"]![0]!);
        var root = version["schema"]!["openAPIV3Schema"]!;
        yield return $"## {spec["names"]!["kind"]}";
        yield return "";
        yield return $"{Text(root)} {(((string?)spec["scope"]) == "Cluster" ? "Of the whole cluster" : "In a namespace")}; {writer}. `kubectl get {spec["names"]!["shortNames"]?[0] ?? spec["names"]!["plural"]}`.";
        foreach (var part in new[] { "spec", "status" })
        {
            if (root["properties"]![part] is not { } schema)
            {
                continue;
            }

            yield return "";
            yield return $"| `{part}` | type | default | what it is |";
            yield return "|---|---|---|---|";
            foreach (var row in Rows("", schema))
            {
                yield return row;
            }
        }

        yield return "";
    }

    private static IEnumerable<string> Rows(string path, JsonNode schema)
    {
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            var (here, items) = (path.Length == 0 ? name : $"{path}.{name}", field!["items"]);
            var required = schema["required"]?.AsArray().Any(r => (string?)r == name) == true;
            yield return $"| `{here}` | {Type(field)} | {(required ? "required" : field["default"] is { } value ? $"`{value.ToJsonString()}`" : "")} | {Text(field)} |";
            foreach (var row in Rows(here, field).Concat(items is null ? [] : Rows(here + "[]", items)))
            {
                yield return row;
            }
        }
    }

    private static string Type(JsonNode field)
    {
        var words = field["enum"]?.AsArray().Select(w => $"`{w}`").ToList();
        var type = words is not null ? string.Join(", ", words)
            : field["additionalProperties"] is not null ? "map"
            : (string?)field["type"] == "array" ? $"list of {(string?)field["items"]!["type"] switch { "object" => "objects", var one => one + "s" }}"
            : (string?)field["format"] is "date-time" ? "time"
            : (string?)field["type"] ?? "";
        return (field["minimum"], field["maximum"]) is ({ } min, { } max) ? $"{type}, {min} to {max}" : type;
    }

    // One line of a table.
    private static string Text(JsonNode field) =>
        ((string?)field["description"] ?? "").ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Trim();
}
