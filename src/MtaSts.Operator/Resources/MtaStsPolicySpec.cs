using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What the owner of a domain wants.</summary>
public sealed record MtaStsPolicySpec
{
    /// <summary>The mail domain: the part behind the @, as a lower-case A-label name (xn--...). It cannot be changed later.</summary>
    [Schema(Required = true, CharsMin = 3, CharsMax = Patterns.DomainCharsMax, Pattern = Patterns.Domain)]
    [Validation("self == oldSelf", "the domain cannot be changed; create another MtaStsPolicy for the other domain")]
    [JsonPropertyName("domain")]
    public string Domain { get; init; } = "";

    /// <summary>The hosts that take mail for the domain, as the policy names them: host names, or *.NAME for hosts exactly one label below NAME.</summary>
    [Schema(Required = true, ItemsMin = 1, ItemsMax = 100, IsSet = true, CharsMin = 3, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.MxPattern)]
    [JsonPropertyName("mx")]
    public IReadOnlyList<string> Mx { get; init; } = [];

    /// <summary>The MtaStsClass to use. Default: the class that is marked as default.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("className")]
    public string? ClassName { get; init; }

    /// <summary>
    /// How far the rollout may go: enforce (to the last stage), testing (to the last testing stage), none (the policy says that there is none).
    /// </summary>
    [Schema(Default = "\"enforce\"", OneOf = "enforce testing none")]
    [JsonPropertyName("targetMode")]
    public string? TargetMode { get; init; }

    /// <summary>Holds the stage; the policy stays published and watched.</summary>
    [Schema(Default = "false")]
    [JsonPropertyName("paused")]
    public bool? Paused { get; init; }

    /// <summary>The stages that the owner approves, for those that want approval.</summary>
    [Schema(ItemsMax = 16, IsSet = true, CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("approvedStages")]
    public IReadOnlyList<string>? ApprovedStages { get; init; }

    /// <summary>Where senders report on TLS. Default: what the class says.</summary>
    [JsonPropertyName("tlsReporting")]
    public TlsReportingSpec? TlsReporting { get; init; }

    /// <summary>A DnsProvider of this namespace that writes the records, where the class allows it. Default: the class's provider.</summary>
    [JsonPropertyName("dnsProviderRef")]
    public OwnProviderReference? DnsProviderRef { get; init; }

    /// <summary>What to do about records of somebody else that are there already: Refuse (leave them and say so) or Adopt (take them over).</summary>
    [Schema(Default = "\"Refuse\"", OneOf = "Refuse Adopt")]
    [JsonPropertyName("adoption")]
    public string? Adoption { get; init; }

    // No default in the schema: what the API server wrote into an object would stick to it, whatever becomes the default later.

    /// <summary>
    /// What the deletion of this resource does: Retire (the policy becomes mode none, and records and policy go when no sender can hold an older one; an
    /// MtaStsRetirement sees to it; the default), Delete (they go at once, and senders that hold an enforced policy go on enforcing it) or Orphan (all stays as
    /// it is, unattended).
    /// </summary>
    [Schema(OneOf = "Retire Delete Orphan")]
    [JsonPropertyName("deletionPolicy")]
    public string? DeletionPolicy { get; init; }
}
