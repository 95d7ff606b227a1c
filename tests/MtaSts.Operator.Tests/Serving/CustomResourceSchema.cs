using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using MtaSts.Operator.Tests.Charts;
using MtaSts.Operator.Tests.GitOps;

namespace MtaSts.Operator.Tests.Serving;

/// <summary>Checks objects against a CustomResourceDefinition as the newest API servers do: no unknown field, every constraint of the schema, and its CEL rules.</summary>
internal sealed class CustomResourceSchema
{
    private readonly JsonObject _rules;
    private readonly JsonSchema _strict;

    /// <summary>The schema of a definition's version.</summary>
    /// <param name="yaml">The definition.</param>
    /// <param name="version">The version.</param>
    public CustomResourceSchema(string yaml, string version)
    {
        var definition = YamlDocuments.Parse(yaml).Single();
        _rules = definition["spec"]!["versions"]!.AsArray().Single(v => (string)v!["name"]! == version)!["schema"]!["openAPIV3Schema"]!.AsObject();
        var strict = (JsonObject)Strict(_rules)!;
        // The API server's own: the definition says no more than that it is an object.
        strict["properties"]!["metadata"] = new JsonObject { ["type"] = "object" };
        _strict = JsonSchema.FromText(strict.ToJsonString());
    }

    /// <summary>How many CEL rules were evaluated, over all objects.</summary>
    public int Evaluated { get; private set; }

    /// <summary>What is wrong with an object; each with its place.</summary>
    public IReadOnlyList<string> Problems(JsonObject subject)
    {
        var result = _strict.Evaluate(JsonSerializer.SerializeToElement(subject), new EvaluationOptions { OutputFormat = OutputFormat.List });
        var problems = (result.Details ?? []).Where(d => d.Errors is not null).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")).ToList();
        if (!result.IsValid && problems.Count == 0)
        {
            problems.Add("is not valid");
        }

        // Rules see what the API server stores: with the defaults.
        var stored = subject.DeepClone();
        AddDefaults(_rules, stored);
        Follow("", _rules, stored, problems);
        return problems;
    }

    // API servers drop, and strict clients refuse, what a schema does not name.
    private static JsonNode? Strict(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var copy = new JsonObject();
                foreach (var (key, value) in map.Where(p => !p.Key.StartsWith("x-kubernetes-", StringComparison.Ordinal)))
                {
                    copy[key] = Strict(value);
                }

                if (map["properties"] is JsonObject && map["type"] is JsonValue && map["x-kubernetes-preserve-unknown-fields"] is null)
                {
                    copy["additionalProperties"] = false;
                }

                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(Strict)]);
            default:
                return node?.DeepClone();
        }
    }

    private void Follow(string path, JsonObject schema, JsonNode? value, List<string> problems)
    {
        if (value is null)
        {
            return;
        }

        foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
        {
            var text = (string)rule!["rule"]!;
            if (text.Contains("oldSelf", StringComparison.Ordinal))
            {
                continue;
            }

            Evaluated++;
            if (!CelExpression.IsTrue(text, ("self", value)))
            {
                problems.Add($"{path}: {rule["message"] ?? text}");
            }
        }

        if (value is JsonObject map)
        {
            foreach (var (key, inner) in map)
            {
                if ((schema["properties"]?[key] ?? schema["additionalProperties"]) is JsonObject of)
                {
                    Follow($"{path}/{key}", of, inner, problems);
                }
            }
        }
        else if (value is JsonArray list && schema["items"] is JsonObject item)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Follow($"{path}/{i}", item, list[i], problems);
            }
        }
    }

    private static void AddDefaults(JsonObject schema, JsonNode? value)
    {
        if (value is JsonObject map && schema["properties"] is JsonObject properties)
        {
            foreach (var (key, of) in properties)
            {
                if (map[key] is null && of!["default"] is { } standard)
                {
                    map[key] = standard.DeepClone();
                }

                AddDefaults(of!.AsObject(), map[key]);
            }
        }
        else if (value is JsonArray list && schema["items"] is JsonObject item)
        {
            foreach (var inner in list)
            {
                AddDefaults(item, inner);
            }
        }
    }
}
