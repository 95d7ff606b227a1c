using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Where and how records are written: exactly one of rfc2136, cloudflare, powerDns, externalDnsWebhook, externalDnsEndpoint and manual.</summary>
[Validation(
    "[has(self.rfc2136), has(self.cloudflare), has(self.powerDns), has(self.externalDnsWebhook), has(self.externalDnsEndpoint), has(self.manual)].filter(x, x).size() == 1",
    "exactly one of rfc2136, cloudflare, powerDns, externalDnsWebhook, externalDnsEndpoint and manual says where records are written")]
[Validation("!has(self.rateLimit) || has(self.cloudflare) || has(self.powerDns) || has(self.externalDnsWebhook)", "only cloudflare, powerDns and externalDnsWebhook take a rateLimit")]
[Validation("!has(self.externalDnsEndpoint) || (has(self.zones) && self.zones.size() > 0)", "externalDnsEndpoint needs zones: nobody can be asked where one begins")]
public sealed record DnsProviderSpec
{
    /// <summary>The zones that may be written to. Default: every zone that the server answers for with authority; externalDnsEndpoint has no default.</summary>
    [Schema(ItemsMax = 1000, IsSet = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("zones")]
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary>The TTL of the records, in seconds.</summary>
    [Schema(Default = "300", Min = 30, Max = 86400)]
    [JsonPropertyName("ttl")]
    public long? Ttl { get; init; }

    /// <summary>The name by which this cluster knows its own records; no two clusters that write to a zone may share it. Default: the operator's option.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("ownerId")]
    public string? OwnerId { get; init; }

    /// <summary>
    /// A limit on the requests, all domains together: of cloudflare, powerDns and externalDnsWebhook. Default: cloudflare 1080, the others none. Two providers with one
    /// Cloudflare token share one limit, that of the one which was changed last.
    /// </summary>
    [JsonPropertyName("rateLimit")]
    public RateLimitSpec? RateLimit { get; init; }

    /// <summary>
    /// A suffix in a zone of the platform's, such as sts.platform.example. With it every record of every domain is written at NAME.SUFFIX, for example
    /// _mta-sts.example.com.sts.platform.example, and the owner of the domain leads to it by a CNAME at each of _mta-sts, _smtp._tls and mta-sts. What a CNAME says never
    /// decides where something is written.
    /// </summary>
    [Schema(CharsMin = 3, CharsMax = Patterns.DomainCharsMax, Pattern = Patterns.Domain)]
    [JsonPropertyName("cnameTarget")]
    public string? CnameTarget { get; init; }

    /// <summary>A name server that takes dynamic updates (RFC 2136).</summary>
    [JsonPropertyName("rfc2136")]
    public Rfc2136Spec? Rfc2136 { get; init; }

    /// <summary>Zones at Cloudflare, through its API.</summary>
    [JsonPropertyName("cloudflare")]
    public CloudflareSpec? Cloudflare { get; init; }

    /// <summary>A PowerDNS authoritative server, through its HTTP API.</summary>
    [JsonPropertyName("powerDns")]
    public PowerDnsSpec? PowerDns { get; init; }

    /// <summary>A provider that speaks the webhook protocol of external-dns.</summary>
    [JsonPropertyName("externalDnsWebhook")]
    public ExternalDnsWebhookSpec? ExternalDnsWebhook { get; init; }

    /// <summary>An external-dns that is in the cluster already, through DNSEndpoint objects.</summary>
    [JsonPropertyName("externalDnsEndpoint")]
    public ExternalDnsEndpointSpec? ExternalDnsEndpoint { get; init; }

    /// <summary>Nothing is written: the status of each policy lists the records to create, and the checks verify them.</summary>
    [JsonPropertyName("manual")]
    public ManualSpec? Manual { get; init; }

    /// <summary>The Secret that it names, or null.</summary>
    [JsonIgnore]
    internal string? CredentialName =>
        Rfc2136?.Tsig?.SecretRef?.Name ?? Cloudflare?.TokenSecretRef?.Name ?? PowerDns?.ApiKeySecretRef?.Name;
}
