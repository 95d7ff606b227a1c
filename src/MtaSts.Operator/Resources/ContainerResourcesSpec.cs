using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>The resources of a container, as quantities.</summary>
public sealed record ContainerResourcesSpec
{
    /// <summary>What it needs, e.g. cpu: 10m.</summary>
    [Schema(ItemsMax = 8, CharsMin = 1, CharsMax = 32)]
    [JsonPropertyName("requests")]
    public IReadOnlyDictionary<string, string>? Requests { get; init; }

    /// <summary>What it may not exceed, e.g. memory: 128Mi.</summary>
    [Schema(ItemsMax = 8, CharsMin = 1, CharsMax = 32)]
    [JsonPropertyName("limits")]
    public IReadOnlyDictionary<string, string>? Limits { get; init; }
}
