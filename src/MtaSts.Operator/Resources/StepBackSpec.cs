using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How a failure of an enforced domain's mail servers is confirmed before the domain steps back.</summary>
public sealed record StepBackSpec
{
    /// <summary>By how many looks in a row, with none between them that shows health. Default: 3.</summary>
    [Schema(Min = 2, Max = 20)]
    [JsonPropertyName("looks")]
    public int? Looks { get; init; }

    /// <summary>Over how long a time at least. Default: 1h.</summary>
    [Schema(CharsMin = 2, CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("timeMin")]
    public string? TimeMin { get; init; }
}
