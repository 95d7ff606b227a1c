using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How policy hosts are reached from outside.</summary>
public sealed record ExposureSpec
{
    /// <summary>
    /// Ingress (an Ingress for each domain), Gateway (an HTTPRoute for each domain on a Gateway), LoadBalancer (TLS in the policy servers, behind a Service of that
    /// type) or None (the platform does it by itself; addresses must then be given).
    /// </summary>
    [Schema(Default = "\"Ingress\"", OneOf = "Ingress Gateway LoadBalancer None")]
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The settings of the ingresses.</summary>
    [JsonPropertyName("ingress")]
    public IngressSpec? Ingress { get; init; }

    /// <summary>The settings of the routes.</summary>
    [JsonPropertyName("gateway")]
    public GatewaySpec? Gateway { get; init; }

    /// <summary>The settings of the Service.</summary>
    [JsonPropertyName("loadBalancer")]
    public LoadBalancerSpec? LoadBalancer { get; init; }

    /// <summary>
    /// How many policy hosts may be new within an hour, over all classes with the same issuer, so that their certificates stay below its limits. Hosts of domains
    /// that are published do not wait. Default: 60 where the class names an issuer, else no limit.
    /// </summary>
    [Schema(Min = 1, Max = 100_000)]
    [JsonPropertyName("maxNewHostsPerHour")]
    public int? MaxNewHostsPerHour { get; init; }
}
