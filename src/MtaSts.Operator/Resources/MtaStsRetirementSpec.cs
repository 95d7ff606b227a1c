using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What a retirement needs to know, since the policy that it was for is gone. The operator writes it; only <c>removeEarly</c> is for people.</summary>
public sealed record MtaStsRetirementSpec
{
    /// <summary>The mail domain.</summary>
    [Schema(Required = true, CharsMin = 3, CharsMax = Patterns.DomainCharsMax, Pattern = Patterns.Domain)]
    [Validation("self == oldSelf", "the domain cannot be changed")]
    [JsonPropertyName("domain")]
    public string Domain { get; init; } = "";

    /// <summary>The policy that was deleted; records and objects stay marked as its.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("policyRef")]
    public PolicyReference PolicyRef { get; init; } = new();

    /// <summary>The class under which the domain is served; its provider writes the records, unless dnsProviderRef names another.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("className")]
    public string ClassName { get; init; } = "";

    /// <summary>The DnsProvider in the policy's namespace that writes the records. Default: the class's provider.</summary>
    [JsonPropertyName("dnsProviderRef")]
    public OwnProviderReference? DnsProviderRef { get; init; }

    /// <summary>The hosts that the policy names to its end.</summary>
    [Schema(Required = true, ItemsMin = 1, ItemsMax = 200, IsSet = true, CharsMin = 3, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.MxPattern)]
    [JsonPropertyName("mx")]
    public IReadOnlyList<string> Mx { get; init; } = [];

    /// <summary>Where senders report on TLS until the records go. Default: nowhere.</summary>
    [JsonPropertyName("tlsReporting")]
    public TlsReportingSpec? TlsReporting { get; init; }

    /// <summary>What the policy's status knew when it was deleted. What has happened since is in the status here.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("handover")]
    public MtaStsPolicyStatus Handover { get; init; } = new();

    /// <summary>
    /// True: remove records and policy now, without waiting until senders have forgotten what they hold. What is risked: until status.cachedUntil a
    /// sender may go on enforcing the policy that it holds, and refuses to deliver to mail servers which that policy does not name, or whose TLS is not valid.
    /// </summary>
    [Schema(Default = "false")]
    [JsonPropertyName("removeEarly")]
    public bool? RemoveEarly { get; init; }

    /// <summary>The policy that has come for the domain and goes on from here; written by the operator before that policy acts.</summary>
    [JsonPropertyName("yieldedTo")]
    public PolicyReference? YieldedTo { get; init; }
}
