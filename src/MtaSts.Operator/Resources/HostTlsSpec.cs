using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Where the certificates of the policy hosts come from.</summary>
public sealed record HostTlsSpec
{
    /// <summary>
    /// The cert-manager ClusterIssuer that issues a certificate for each policy host, into the Secret mta-sts-DOMAIN-tls. Default: none; somebody
    /// else provides those Secrets, in the namespace of the policy servers.
    /// </summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("clusterIssuer")]
    public string? ClusterIssuer { get; init; }
}
