using System.Text.Json;
using k8s;
using k8s.Models;

namespace MtaSts.Operator.Serving.Foreign;

/// <summary>An object of a kind that another project defines: what the operator asks of it is read from its JSON.</summary>
public abstract class ForeignObject : IKubernetesObject<V1ObjectMeta>
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Its spec.</summary>
    public JsonElement? Spec { get; set; }

    /// <summary>Its status; null before its controller wrote one.</summary>
    public JsonElement? Status { get; set; }

    /// <summary>A field below an element; null where any part of the way is missing or no object.</summary>
    protected static JsonElement? At(JsonElement? from, params ReadOnlySpan<string> path)
    {
        var here = from;
        foreach (var name in path)
        {
            here = here is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var next) ? next : null;
        }

        return here;
    }

    /// <summary>The items of a list below an element; none where it is missing or no list.</summary>
    protected static IEnumerable<JsonElement> Items(JsonElement? from, params ReadOnlySpan<string> path) =>
        At(from, path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>A text below an element; null where it is missing or no text.</summary>
    protected static string? Text(JsonElement? from, params ReadOnlySpan<string> path) =>
        At(from, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A condition of a list of them; null where it is not there.</summary>
    protected static ForeignCondition? ConditionIn(JsonElement? holder, string type) => Items(holder, "conditions").Where(c => Text(c, "type") == type)
        .Select(c => new ForeignCondition(Text(c, "status") ?? "Unknown", Text(c, "reason") ?? "", Text(c, "message") ?? "")).FirstOrDefault();
}

/// <summary>A condition as its controller wrote it.</summary>
/// <param name="Status">"True", "False" or "Unknown".</param>
/// <param name="Reason">A word of that controller's.</param>
/// <param name="Message">A sentence of that controller's.</param>
public sealed record ForeignCondition(string Status, string Reason, string Message);
