using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What the DnsProviders of namespaces may do.</summary>
public sealed record NamespacedProvidersSpec
{
    /// <summary>The kinds of place that they may write to, as the fields of a provider's spec are named. Default: all that a DnsProvider can name.</summary>
    [Schema(ItemsMin = 1, ItemsMax = 16, IsSet = true, OneOf = "rfc2136 cloudflare powerDns externalDnsWebhook manual")]
    [JsonPropertyName("backends")]
    public IReadOnlyList<string>? Backends { get; init; }

    /// <summary>
    /// Private and special networks, in CIDR notation, at which their servers may be. Default: none, so that a manifest cannot make the operator a client of what only
    /// the cluster reaches.
    /// </summary>
    [Schema(ItemsMax = 64, IsSet = true, CharsMin = 3, CharsMax = 64, Pattern = Patterns.Network)]
    [JsonPropertyName("allowedAddresses")]
    public IReadOnlyList<string>? AllowedAddresses { get; init; }
}
