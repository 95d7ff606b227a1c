using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>What became of a DNS provider.</summary>
public sealed record DnsProviderStatus
{
    /// <summary>The generation that was last acted on; -1 before the first pass.</summary>
    [Schema(Min = -1)]
    [JsonPropertyName("observedGeneration")]
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>The kind of place that it writes to: the name of the field of spec that is set.</summary>
    [JsonPropertyName("backend")]
    public string? Backend { get; init; }

    /// <summary>The place: a server, or the host of an API.</summary>
    [JsonPropertyName("place")]
    public string? Place { get; init; }

    /// <summary>The conditions.</summary>
    [Schema(MapKey = "type", ItemsMax = 32)]
    [JsonPropertyName("conditions")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
