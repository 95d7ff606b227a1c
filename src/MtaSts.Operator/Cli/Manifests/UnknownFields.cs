using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Cli.Manifests;

/// <summary>Finds the fields of a manifest that its kind does not have: an API server drops them without a word, and they are typing errors.</summary>
internal static class UnknownFields
{
    /// <summary>The unknown fields below a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="type">What it is to be read as; only types of ours are looked into.</param>
    /// <param name="path">Where it is.</param>
    public static IEnumerable<FieldProblem> Of(JsonNode? node, Type type, string path)
    {
        if (node is JsonArray list && type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            return list.SelectMany((item, i) => Of(item, type.GetGenericArguments()[0], $"{path}[{i}]"));
        }

        if (node is not JsonObject map || type.Assembly != typeof(UnknownFields).Assembly)
        {
            return [];
        }

        var known = type.GetProperties()
            .Select(p => (p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name, p.PropertyType))
            .Where(p => p.Name is not null)
            .ToDictionary(p => p.Name!, p => p.PropertyType, StringComparer.Ordinal);
        return map.SelectMany(entry => known.TryGetValue(entry.Key, out var inner)
            ? Of(entry.Value, inner, Join(path, entry.Key))
            : [new FieldProblem(Join(path, Problems.Show(entry.Key)[1..^1]), "is not a field that this kind has", $"use one of {string.Join(", ", known.Keys)}")]);
    }

    private static string Join(string path, string key) => path.Length > 0 ? $"{path}.{key}" : key;
}
