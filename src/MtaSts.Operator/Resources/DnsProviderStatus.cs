using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What became of a DNS provider.</summary>
public sealed record DnsProviderStatus
{
    /// <summary>The generation that was last acted on; -1 before the first pass.</summary>
    [Schema(Min = -1)]
    [JsonPropertyName("observedGeneration")]
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>The kind of place that it writes to: the name of the field of spec that is set.</summary>
    [JsonPropertyName("backend")]
    public string? Backend { get; init; }

    /// <summary>The place: a server, or the host of an API.</summary>
    [JsonPropertyName("place")]
    public string? Place { get; init; }

    /// <summary>The zones in which domains were written so far, at most 100.</summary>
    [Schema(ItemsMax = 100, IsSet = true)]
    [JsonPropertyName("zones")]
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary>How many policies have their records written here, or are to have them.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("domains")]
    public long? Domains { get; init; }

    /// <summary>For how many of them all records are in the DNS. While it is the smaller one, both are counted anew every half minute.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("published")]
    public long? Published { get; init; }

    /// <summary>What the provider last did not do; kept until something else goes wrong.</summary>
    [JsonPropertyName("lastError")]
    public ProviderErrorStatus? LastError { get; init; }

    /// <summary>What is left of the provider's limit on requests, where it has one.</summary>
    [JsonPropertyName("rateLimit")]
    public RateLimitStatus? RateLimit { get; init; }

    /// <summary>The conditions: Accepted, CredentialsValid, Reachable.</summary>
    [Schema(MapKey = "type", ItemsMax = 32)]
    [JsonPropertyName("conditions")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
