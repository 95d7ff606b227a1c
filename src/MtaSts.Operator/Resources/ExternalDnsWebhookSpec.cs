using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A provider that speaks the webhook protocol of external-dns, usually a sidecar beside the operator.</summary>
public sealed record ExternalDnsWebhookSpec
{
    /// <summary>The address of the webhook, such as http://localhost:8888.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.UrlCharsMax, Pattern = Patterns.Url)]
    [JsonPropertyName("url")]
    public string Url { get; init; } = "";

    /// <summary>How the webhook wants the text of TXT records; the protocol does not say. Auto: as its own come, in quotes where it has none.</summary>
    [Schema(Default = "\"Auto\"", OneOf = "Auto Quoted Plain")]
    [JsonPropertyName("txtForm")]
    public string? TxtForm { get; init; }

    /// <summary>How long one call may take, 1s to 1m. Default: 30s, since such a provider answers with all of its records at once.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("timeout")]
    public string? Timeout { get; init; }
}
