using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Where and how records are written.</summary>
public sealed record ClusterDnsProviderSpec
{
    /// <summary>The zones that may be written to. Default: every zone that the server answers for with authority.</summary>
    [Schema(ItemsMax = 1000, IsSet = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("zones")]
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary>The TTL of the records, in seconds.</summary>
    [Schema(Default = "300", Min = 30, Max = 86400)]
    [JsonPropertyName("ttl")]
    public long? Ttl { get; init; }

    /// <summary>The name by which this cluster knows its own records; no two clusters that write to a zone may share it. Default: the operator's option.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("ownerId")]
    public string? OwnerId { get; init; }

    /// <summary>A name server that takes dynamic updates (RFC 2136).</summary>
    [Schema(Required = true)]
    [JsonPropertyName("rfc2136")]
    public Rfc2136Spec Rfc2136 { get; init; } = new();
}
