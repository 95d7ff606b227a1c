using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A failure that is being confirmed.</summary>
public sealed record RegressionStatus
{
    /// <summary>The first look that showed it.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("since")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset Since { get; init; }

    /// <summary>The last look that was counted.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("lastAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset LastAt { get; init; }

    /// <summary>How many looks showed it.</summary>
    [Schema(Required = true, Min = 1)]
    [JsonPropertyName("looks")]
    public int Looks { get; init; }
}
