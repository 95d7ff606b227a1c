using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A limit on the requests of one credential, all of its domains together.</summary>
public sealed record RateLimitStatus
{
    /// <summary>The most requests in a window.</summary>
    [Schema(Required = true, Min = 1)]
    [JsonPropertyName("requests")]
    public long Requests { get; init; }

    /// <summary>The window, in seconds.</summary>
    [Schema(Required = true, Min = 1)]
    [JsonPropertyName("windowSeconds")]
    public long WindowSeconds { get; init; }

    /// <summary>How many could be made without waiting when this status was written.</summary>
    [Schema(Required = true, Min = 0)]
    [JsonPropertyName("left")]
    public long Left { get; init; }
}
