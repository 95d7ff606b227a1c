using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A taint of nodes that the policy servers tolerate, as a pod has it.</summary>
public sealed record TolerationSpec
{
    /// <summary>The taint's key. Default: every key; the operator is then Exists.</summary>
    [Schema(CharsMin = 1, CharsMax = QualifiedNameCharsMax)]
    [JsonPropertyName("key")]
    public string? Key { get; init; }

    /// <summary>Equal compares the value, Exists takes any. Default: Equal.</summary>
    [Schema(OneOf = "Equal Exists")]
    [JsonPropertyName("operator")]
    public string? Operator { get; init; }

    /// <summary>The taint's value, for Equal.</summary>
    [Schema(CharsMax = Patterns.LabelCharsMax)]
    [JsonPropertyName("value")]
    public string? Value { get; init; }

    /// <summary>The taint's effect. Default: every effect.</summary>
    [Schema(OneOf = "NoSchedule PreferNoSchedule NoExecute")]
    [JsonPropertyName("effect")]
    public string? Effect { get; init; }

    /// <summary>For how many seconds a taint of effect NoExecute is tolerated. Default: for good.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("tolerationSeconds")]
    public long? TolerationSeconds { get; init; }

    private const int QualifiedNameCharsMax = Patterns.NameCharsMax + 1 + Patterns.LabelCharsMax; // prefix/name
}
