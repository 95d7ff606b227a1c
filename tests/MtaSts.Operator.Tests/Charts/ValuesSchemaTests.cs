using System.Text.Json.Nodes;
using Json.Schema;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>values.schema.json, by which Helm refuses values with a fault, knows every value and no other.</summary>
public sealed class ValuesSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Repository.PathOf("charts", "mta-sts-operator", "values.schema.json")));

    [Fact]
    public void The_defaults_are_valid() => Assert.True(IsValid(Defaults()));

    [Fact]
    public void Every_value_has_its_place_in_the_schema()
    {
        var values = Defaults();
        values["resources"] = new JsonObject(); // Kubernetes' own, and checked by it.

        Assert.Equal([], Leaves("", values, Typed));
    }

    // Of a chart that is part of another one: Helm gives it the globals, and its condition is a value of its own.
    [Fact]
    public void The_values_of_a_chart_around_it_are_no_fault()
    {
        var values = Defaults();
        values["enabled"] = true;
        values["global"] = new JsonObject { ["imageRegistry"] = "registry.example.net" };

        Assert.True(IsValid(values));
    }

    [Theory]
    [InlineData("replicas", "\"two\"")]
    [InlineData("enabled", "\"yes\"")]
    [InlineData("replicas", "-1")]
    [InlineData("ownerId", "\"-no\"")]
    [InlineData("replica", "2")]
    [InlineData("healthPort", "70000")]
    [InlineData("metrics", """{ "serviceMonitor": { "create": "yes" } }""")]
    [InlineData("metrics", """{ "serviceMonitor": { "interval": "often" } }""")]
    [InlineData("extraEnv", """[{ "name": "A", "value": 1 }]""")]
    [InlineData("extraEnv", """{ "A": "b" }""")]
    [InlineData("rbac", """{ "servingNamespaces": "mail" }""")]
    [InlineData("defaultClass", """{ "serving": { "exposure": { "type": "NodePort" } } }""")]
    [InlineData("defaultClass", """{ "reportsTo": ["tls@example.com"] }""")]
    [InlineData("networkPolicy", """{ "providerPorts": [0] }""")]
    [InlineData("defaultClass", """{ "subdomainsOfOthers": "Never" }""")]
    [InlineData("defaultClass", """{ "namespacedProviders": true }""")]
    [InlineData("defaultClass", """{ "serving": { "resources": { "limits": { "cpu": 1 } } } }""")]
    [InlineData("networkPolicy", """{ "policyHostPorts": ["https"] }""")]
    [InlineData("networkPolicy", """{ "dnsPorts": [70000] }""")]
    public void A_wrong_value_is_refused(string name, string value)
    {
        var values = Defaults();
        values[name] = JsonNode.Parse(value);

        Assert.False(IsValid(values));
    }

    private static JsonObject Defaults() => YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("charts", "mta-sts-operator", "values.yaml"))).Single();

    private static bool IsValid(JsonNode values) => Schema.Evaluate(System.Text.Json.JsonSerializer.SerializeToElement(values)).IsValid;

    // A value with a type that no value has: where that is accepted, the schema says nothing of it.
    private static bool Typed(string path)
    {
        var values = Defaults();
        var names = path.Split('.');
        JsonNode at = values;
        foreach (var name in names[..^1])
        {
            at = at[name]!;
        }

        at[names[^1]] = 1.5;
        return !IsValid(values);
    }

    private static IEnumerable<string> Leaves(string prefix, JsonObject map, Func<string, bool> isTyped) => map.SelectMany(p =>
        p.Value is JsonObject { Count: > 0 } inner ? Leaves($"{prefix}{p.Key}.", inner, isTyped) : isTyped(prefix + p.Key) ? [] : [prefix + p.Key]);
}
