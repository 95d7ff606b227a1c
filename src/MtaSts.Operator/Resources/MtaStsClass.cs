using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What the platform team offers: defaults and rights for the policies that use the class, as an IngressClass is for ingresses.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = KubePluralName)]
[ResourceNames("mtastsclass", namespaced: false)]
[PrinterColumn(0, "Provider", ".spec.dnsProviderRef.name", Description = "Who writes the DNS records.")]
[PrinterColumn(1, "Namespace", ".spec.serving.namespace", Description = "Where the policy server runs.")]
[PrinterColumn(2, "Accepted", ".status.conditions[?(@.type==\"Accepted\")].status", Description = "Whether the class is valid.")]
[PrinterColumn(3, "Serving", ".status.conditions[?(@.type==\"ServingReady\")].status", Description = "Whether the policy server is ready.")]
[PrinterColumn(4, "Age", ".metadata.creationTimestamp", Type = "date")]
public sealed class MtaStsClass : IKubernetesObject<V1ObjectMeta>, ISpec<MtaStsClassSpec>, IStatus<ConditionedStatus?>
{
    /// <summary>The kind.</summary>
    public const string KubeKind = "MtaStsClass";

    /// <summary>The plural name, as URLs have it.</summary>
    public const string KubePluralName = "mtastsclasses";

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the platform team offers.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("spec")]
    public MtaStsClassSpec Spec { get; set; } = new();

    /// <summary>Whether it is valid and at work; written by the operator alone.</summary>
    [Schema(Default = """{"observedGeneration":-1}""")]
    [JsonPropertyName("status")]
    public ConditionedStatus? Status { get; set; }

    /// <summary>True when policies without <c>spec.className</c> use this class.</summary>
    [JsonIgnore]
    public bool IsDefault => Metadata.Annotations?.TryGetValue(ApiGroup.DefaultClassAnnotation, out var value) == true && value == "true";
}
