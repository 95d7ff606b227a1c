using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Where and how DNS records are written, for classes to name. Its Secrets are in the operator's own namespace.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = KubePluralName)]
[ResourceNames("clusterdnsprovider", namespaced: false)]
[PrinterColumn(0, "Server", ".spec.rfc2136.server", Description = "The name server that takes the updates.")]
[PrinterColumn(1, "Accepted", ".status.conditions[?(@.type==\"Accepted\")].status", Description = "Whether the provider is valid.")]
[PrinterColumn(2, "Reason", ".status.conditions[?(@.type==\"Accepted\")].reason", Description = "Why.")]
[PrinterColumn(3, "Age", ".metadata.creationTimestamp", Type = "date")]
public sealed class ClusterDnsProvider : IKubernetesObject<V1ObjectMeta>, ISpec<ClusterDnsProviderSpec>, IStatus<ConditionedStatus?>
{
    /// <summary>The kind.</summary>
    public const string KubeKind = "ClusterDnsProvider";

    /// <summary>The plural name, as URLs have it.</summary>
    public const string KubePluralName = "clusterdnsproviders";

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Where and how records are written.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("spec")]
    public ClusterDnsProviderSpec Spec { get; set; } = new();

    /// <summary>Whether it is valid; written by the operator alone.</summary>
    [Schema(Default = """{"observedGeneration":-1}""")]
    [JsonPropertyName("status")]
    public ConditionedStatus? Status { get; set; }
}
