using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How the policy hosts of a class are reached through the Gateway API.</summary>
public sealed record GatewaySpec
{
    /// <summary>The Gateway.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("parentRef")]
    public GatewayReference? ParentRef { get; init; }

    /// <summary>
    /// Whose the HTTPS listeners of the policy hosts are: Parent (the Gateway has one that fits every policy host, with its certificates) or ListenerSet (the
    /// operator makes a ListenerSet with a listener for each domain; the Gateway must allow that in spec.allowedListeners).
    /// </summary>
    [Schema(Default = "\"Parent\"", OneOf = "Parent ListenerSet")]
    [JsonPropertyName("listeners")]
    public string? Listeners { get; init; }

    /// <summary>Where the certificates of the policy hosts come from.</summary>
    [JsonPropertyName("tls")]
    public HostTlsSpec? Tls { get; init; }
}
