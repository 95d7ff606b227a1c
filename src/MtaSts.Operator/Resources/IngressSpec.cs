using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>The settings of the ingresses of a class.</summary>
public sealed record IngressSpec
{
    /// <summary>The IngressClass. Default: the one that is the cluster's default.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("ingressClassName")]
    public string? IngressClassName { get; init; }

    /// <summary>Annotations of every Ingress.</summary>
    [Schema(ItemsMax = 64, CharsMax = 4096)]
    [JsonPropertyName("annotations")]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Where the certificates of the policy hosts come from.</summary>
    [JsonPropertyName("tls")]
    public HostTlsSpec? Tls { get; init; }
}
