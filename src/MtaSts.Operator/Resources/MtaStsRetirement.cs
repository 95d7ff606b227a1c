using System.Text.Json.Serialization;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>
/// A domain that is being taken down after its policy was deleted: mode none is served until no sender can hold an older policy, then records and policy go,
/// and this with them. Its name is the domain. The operator alone creates it; deleting it by hand leaves everything as it is, unattended.
/// </summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = KubePluralName)]
[ResourceNames("mtastsretirement", namespaced: false)]
[PrinterColumn(0, "Domain", ".spec.domain", Description = "The mail domain.")]
[PrinterColumn(1, "Mode", ".status.mode", Description = "The mode of the policy as published now.")]
[PrinterColumn(2, "Until", ".status.removeAt", Description = "When records and policy go.")]
[PrinterColumn(3, "Ready", ".status.conditions[?(@.type==\"Ready\")].status", Description = "Whether all is as it should be.")]
[PrinterColumn(4, "Reason", ".status.conditions[?(@.type==\"Ready\")].reason", Description = "Why.")]
[PrinterColumn(5, "Age", ".metadata.creationTimestamp", Type = "date")]
[PrinterColumn(6, "Message", ".status.conditions[?(@.type==\"Ready\")].message", Description = "Why, in a sentence.", Priority = 1)]
public sealed class MtaStsRetirement : IDomainResource<MtaStsRetirement>, ISpec<MtaStsRetirementSpec>
{
    /// <summary>The kind.</summary>
    public const string KubeKind = "MtaStsRetirement";

    /// <summary>The plural name, as URLs have it.</summary>
    public const string KubePluralName = "mtastsretirements";

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the retirement needs to know.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("spec")]
    public MtaStsRetirementSpec Spec { get; set; } = new();

    /// <summary>How far it is; written by the operator alone.</summary>
    [Schema(Default = """{"observedGeneration":-1}""")]
    [JsonPropertyName("status")]
    public MtaStsPolicyStatus? Status { get; set; }

    /// <summary>What is known of the domain: the status, and before the first one what the policy handed over.</summary>
    [JsonIgnore]
    public MtaStsPolicyStatus Known => Status is { Domain: not null } status ? status : Spec.Handover;

    /// <inheritdoc/>
    public MtaStsRetirement WithStatus(MtaStsPolicyStatus status) => new() { Metadata = Metadata, Spec = Spec, Status = status };
}
