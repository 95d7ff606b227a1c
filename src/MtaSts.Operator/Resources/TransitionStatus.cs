using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One move from a stage to another.</summary>
public sealed record TransitionStatus
{
    /// <summary>When.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("at")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset At { get; init; }

    /// <summary>The stage before; absent for the first.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>The stage after.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("to")]
    public string To { get; init; } = "";

    /// <summary>Why, in one word.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";
}
