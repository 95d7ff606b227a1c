using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How policy hosts are reached from outside.</summary>
public sealed record ExposureSpec
{
    /// <summary>Ingress (an Ingress for each domain) or None (the platform does it by itself; addresses must then be given).</summary>
    [Schema(Default = "\"Ingress\"", OneOf = "Ingress None")]
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The settings of the ingresses.</summary>
    [JsonPropertyName("ingress")]
    public IngressSpec? Ingress { get; init; }
}
