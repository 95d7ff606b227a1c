using System.Text.Json;
using System.Text.Json.Nodes;
using Cel;

namespace MtaSts.Operator.Tests.GitOps;

/// <summary>Evaluates CEL, as API servers from 1.25 on and Flux do, over JSON.</summary>
internal static class CelExpression
{
    /// <summary>The truth of an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="variables">Its variables.</param>
    public static bool IsTrue(string expression, params (string Name, JsonNode? Value)[] variables) =>
        Assert.IsType<bool>(new CelEnvironment([], "").Program(expression, variables.ToDictionary(v => v.Name, v => Plain(v.Value))!));

    private static object? Plain(JsonNode? node) => node switch
    {
        null => null,
        JsonObject map => map.ToDictionary(p => p.Key, p => Plain(p.Value)),
        JsonArray list => list.Select(Plain).ToList(),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.Deserialize<long>(),
            JsonValueKind.True or JsonValueKind.False => node.GetValue<bool>(),
            var kind => throw new InvalidOperationException($"{kind} is not expected"),
        },
    };
}
