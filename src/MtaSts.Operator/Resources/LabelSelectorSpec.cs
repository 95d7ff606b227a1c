using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Chooses objects by their labels. All parts must hold; the empty selector chooses everything.</summary>
public sealed record LabelSelectorSpec
{
    /// <summary>Labels that must have exactly these values.</summary>
    [Schema(ItemsMax = 32, CharsMax = 63)]
    [JsonPropertyName("matchLabels")]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    /// <summary>Requirements on labels.</summary>
    [Schema(ItemsMax = 32)]
    [JsonPropertyName("matchExpressions")]
    public IReadOnlyList<LabelRequirementSpec>? MatchExpressions { get; init; }
}
