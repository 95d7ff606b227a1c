using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>The soak clock: it runs while every required check is healthy, stands while one is unknown, and starts anew when one is broken.</summary>
public sealed record SoakStatus
{
    /// <summary>Healthy time counted in this stage, in seconds.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("elapsedSeconds")]
    public double ElapsedSeconds { get; init; }

    /// <summary>Up to when it has been counted.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("countedUntil")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? CountedUntil { get; init; }
}
