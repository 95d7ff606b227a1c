using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One stage of a rollout.</summary>
public sealed record StageSpec
{
    /// <summary>Its name: a DNS label, unique in the list.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The mode of the policy in this stage.</summary>
    [Schema(Required = true, OneOf = "testing enforce", CharsMax = 16)]
    [JsonPropertyName("mode")]
    public string Mode { get; init; } = "";

    /// <summary>How long senders may keep the policy: 1d to 31557599s, e.g. 12w.</summary>
    [Schema(Required = true, CharsMin = 2, CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("maxAge")]
    public string MaxAge { get; init; } = "";

    /// <summary>How long all required checks must have been healthy in this stage before the next one. Default: 0s. The last stage's has no effect.</summary>
    [Schema(CharsMin = 2, CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("soak")]
    public string? Soak { get; init; }

    /// <summary>What entering this stage needs: Automatic (the checks alone) or Manual (the owner lists it in spec.approvedStages as well).</summary>
    [Schema(Default = "\"Automatic\"", OneOf = "Automatic Manual")]
    [JsonPropertyName("approval")]
    public string? Approval { get; init; }
}
