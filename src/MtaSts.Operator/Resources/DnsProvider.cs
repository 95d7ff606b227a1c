using System.Text.Json.Serialization;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>
/// Where and how a team's own DNS records are written, for policies of its namespace to name where their class lets them. Its Secrets are in its own namespace, and
/// the operator must be let read them there. It reaches public addresses, and private ones only where the class says so.
/// </summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = KubePluralName)]
[ResourceNames("dnsprovider", namespaced: true)]
[PrinterColumn(0, "Backend", ".status.backend", Description = "The kind of place that it writes to.")]
[PrinterColumn(1, "Place", ".status.place", Description = "The server, or the host of the API.")]
[PrinterColumn(2, "Accepted", ".status.conditions[?(@.type==\"Accepted\")].status", Description = "Whether the provider is valid.")]
[PrinterColumn(3, "Reason", ".status.conditions[?(@.type==\"Accepted\")].reason", Description = "Why.")]
[PrinterColumn(4, "Domains", ".status.domains", Type = "integer", Description = "How many policies have their records written here.")]
[PrinterColumn(5, "Published", ".status.published", Type = "integer", Description = "For how many of them all records are in the DNS.")]
[PrinterColumn(6, "Age", ".metadata.creationTimestamp", Type = "date")]
public sealed class DnsProvider : IDnsProviderResource<DnsProvider>
{
    /// <summary>The kind.</summary>
    public const string KubeKind = "DnsProvider";

    /// <summary>The plural name, as URLs have it.</summary>
    public const string KubePluralName = "dnsproviders";

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
    public DnsProviderSpec Spec { get; set; } = new();

    /// <summary>Whether it is valid; written by the operator alone.</summary>
    [Schema(Default = """{"observedGeneration":-1}""")]
    [JsonPropertyName("status")]
    public DnsProviderStatus? Status { get; set; }

    /// <inheritdoc/>
    public DnsProvider WithStatus(DnsProviderStatus status) => new() { Metadata = Metadata, Spec = Spec, Status = status };
}
