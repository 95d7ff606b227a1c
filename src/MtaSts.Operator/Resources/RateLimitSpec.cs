using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A limit on the requests of a provider.</summary>
public sealed record RateLimitSpec
{
    /// <summary>The most requests in any five minutes; with cloudflare at most 1200, which is Cloudflare's own limit.</summary>
    [Schema(Required = true, Min = 60, Max = 1000000)]
    [JsonPropertyName("requests")]
    public long? Requests { get; init; }
}
