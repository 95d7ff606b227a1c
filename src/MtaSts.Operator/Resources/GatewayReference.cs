using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Names a Gateway (gateway.networking.k8s.io).</summary>
public sealed record GatewayReference
{
    /// <summary>Its namespace. Default: the one of the policy servers.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("namespace")]
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The listener that the routes attach to, where the listeners are the Gateway's. Default: every one that takes them.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("sectionName")]
    public string? SectionName { get; init; }
}
