using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Zones at Cloudflare, through its API.</summary>
public sealed record CloudflareSpec
{
    /// <summary>
    /// The Secret that holds an API token, never the global key; in the operator's namespace. The token needs the rights Zone Read and DNS Edit for the zones, and no more.
    /// </summary>
    [Schema(Required = true)]
    [JsonPropertyName("tokenSecretRef")]
    public SecretKeyReference TokenSecretRef { get; init; } = new();

    /// <summary>The address of the API, where it is not Cloudflare's own: of a proxy that stands before it.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.UrlCharsMax, Pattern = Patterns.Url)]
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    /// <summary>How long one call may take, 1s to 1m. Default: 10s.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("timeout")]
    public string? Timeout { get; init; }
}
