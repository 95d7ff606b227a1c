using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Names one entry of a Secret: in the namespace of a DnsProvider, in the operator's for a ClusterDnsProvider.</summary>
public sealed record SecretKeyReference
{
    /// <summary>The Secret.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The entry.</summary>
    [Schema(Default = "\"secret\"", CharsMin = 1, CharsMax = 253, Pattern = "^[-._a-zA-Z0-9]+$")]
    [JsonPropertyName("key")]
    public string? Key { get; init; }
}
