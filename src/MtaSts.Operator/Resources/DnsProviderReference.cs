using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Names a DNS provider.</summary>
public sealed record DnsProviderReference
{
    /// <summary>The kind of provider.</summary>
    [Schema(Default = "\"ClusterDnsProvider\"", OneOf = "ClusterDnsProvider")]
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    /// <summary>Its name.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
}
