using System.Text.Json;
using System.Text.Json.Serialization;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>A record set, or a part of one, as the protocol has it. What we do not know of it is kept and sent back.</summary>
internal sealed record WebhookEndpoint
{
    [JsonPropertyName("dnsName")]
    public string? DnsName { get; init; }

    [JsonPropertyName("targets")]
    public IReadOnlyList<string>? Targets { get; init; }

    [JsonPropertyName("recordType")]
    public string? RecordType { get; init; }

    /// <summary>Not empty: one of several sets at the name, chosen by a policy of the provider.</summary>
    [JsonPropertyName("setIdentifier")]
    public string? SetIdentifier { get; init; }

    /// <summary>Seconds; 0 and absent: not told.</summary>
    [JsonPropertyName("recordTTL")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long RecordTtl { get; init; }

    [JsonPropertyName("labels")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [JsonPropertyName("providerSpecific")]
    public JsonElement? ProviderSpecific { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>The body of a write. Old and new are pairs by their places.</summary>
internal sealed record WebhookChanges
{
    [JsonPropertyName("create")]
    public IReadOnlyList<WebhookEndpoint>? Create { get; init; }

    [JsonPropertyName("updateOld")]
    public IReadOnlyList<WebhookEndpoint>? UpdateOld { get; init; }

    [JsonPropertyName("updateNew")]
    public IReadOnlyList<WebhookEndpoint>? UpdateNew { get; init; }

    [JsonPropertyName("delete")]
    public IReadOnlyList<WebhookEndpoint>? Delete { get; init; }
}

internal static class WebhookJson
{
    public static JsonSerializerOptions Options { get; } = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
