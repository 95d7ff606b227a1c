using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How the policy servers of a class are reached where they end TLS by themselves.</summary>
public sealed record LoadBalancerSpec
{
    /// <summary>The load balancer class of the Service. Default: the cluster's.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax)]
    [JsonPropertyName("loadBalancerClass")]
    public string? LoadBalancerClass { get; init; }

    /// <summary>Annotations of the Service.</summary>
    [Schema(ItemsMax = 64, CharsMax = 4096)]
    [JsonPropertyName("annotations")]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Where the certificates of the policy hosts come from.</summary>
    [JsonPropertyName("tls")]
    public HostTlsSpec? Tls { get; init; }
}
