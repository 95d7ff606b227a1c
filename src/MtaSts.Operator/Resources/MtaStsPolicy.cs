using System.Text.Json.Serialization;
using k8s.Models;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One mail domain: what its owner wants, and how far it is.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KubeKind, PluralName = KubePluralName)]
[ResourceNames("mtastspolicy", namespaced: true, ShortName = "mtasts")]
[PrinterColumn(0, "Domain", ".spec.domain", Description = "The mail domain.")]
[PrinterColumn(1, "Mode", ".status.mode", Description = "The mode of the policy as published now.")]
[PrinterColumn(2, "Stage", ".status.stage", Description = "The stage of the rollout.")]
[PrinterColumn(3, "Ready", ".status.conditions[?(@.type==\"Ready\")].status", Description = "Whether all is as it should be.")]
[PrinterColumn(4, "Reason", ".status.conditions[?(@.type==\"Ready\")].reason", Description = "Why.")]
[PrinterColumn(5, "Soak-until", ".status.soakUntil", Description = "The earliest moment of the next promotion.")]
[PrinterColumn(6, "Age", ".metadata.creationTimestamp", Type = "date")]
[PrinterColumn(7, "Message", ".status.conditions[?(@.type==\"Ready\")].message", Description = "Why, in a sentence.", Priority = 1)]
public sealed class MtaStsPolicy : IDomainResource<MtaStsPolicy>, ISpec<MtaStsPolicySpec>
{
    /// <summary>The kind.</summary>
    public const string KubeKind = "MtaStsPolicy";

    /// <summary>The plural name, as URLs have it.</summary>
    public const string KubePluralName = "mtastspolicies";

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KubeKind;

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the owner of the domain wants.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("spec")]
    public MtaStsPolicySpec Spec { get; set; } = new();

    /// <summary>How far the domain is; written by the operator alone.</summary>
    [Schema(Default = """{"observedGeneration":-1}""")]
    [JsonPropertyName("status")]
    public MtaStsPolicyStatus? Status { get; set; }

    /// <inheritdoc/>
    public MtaStsPolicy WithStatus(MtaStsPolicyStatus status) => new() { Metadata = Metadata, Spec = Spec, Status = status };
}
