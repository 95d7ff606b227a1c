using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A status that is conditions alone.</summary>
public sealed record ConditionedStatus
{
    /// <summary>The generation that was last acted on; -1 before the first pass.</summary>
    [Schema(Min = -1)]
    [JsonPropertyName("observedGeneration")]
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>The conditions.</summary>
    [Schema(MapKey = "type", ItemsMax = 32)]
    [JsonPropertyName("conditions")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
