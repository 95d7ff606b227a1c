using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A PowerDNS authoritative server, through its HTTP API.</summary>
public sealed record PowerDnsSpec
{
    /// <summary>The address of its web server, such as http://pdns.dns.svc:8081.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.UrlCharsMax, Pattern = Patterns.Url)]
    [JsonPropertyName("url")]
    public string Url { get; init; } = "";

    /// <summary>The server, as the API's paths name it.</summary>
    [Schema(Default = "\"localhost\"", CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = "^[-._a-zA-Z0-9]+$")]
    [JsonPropertyName("server")]
    public string? Server { get; init; }

    /// <summary>The Secret that holds the API key; in the operator's namespace.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("apiKeySecretRef")]
    public SecretKeyReference ApiKeySecretRef { get; init; } = new();

    /// <summary>How long one call may take, 1s to 1m. Default: 10s.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("timeout")]
    public string? Timeout { get; init; }
}
