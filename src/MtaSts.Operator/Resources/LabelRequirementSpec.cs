using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One requirement on a label.</summary>
public sealed record LabelRequirementSpec
{
    /// <summary>The label.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 317)]
    [JsonPropertyName("key")]
    public string Key { get; init; } = "";

    /// <summary>How the label relates to the values.</summary>
    [Schema(Required = true, OneOf = "In NotIn Exists DoesNotExist")]
    [JsonPropertyName("operator")]
    public string Operator { get; init; } = "";

    /// <summary>The values: at least one for In and NotIn, none for Exists and DoesNotExist.</summary>
    [Schema(ItemsMax = 100, CharsMax = 63)]
    [JsonPropertyName("values")]
    public IReadOnlyList<string>? Values { get; init; }
}
