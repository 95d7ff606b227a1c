using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Names one MtaStsPolicy, and no later one of the same name.</summary>
public sealed record PolicyReference
{
    /// <summary>Its namespace.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax)]
    [JsonPropertyName("namespace")]
    public string Namespace { get; init; } = "";

    /// <summary>Its name.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Its uid.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 64)]
    [JsonPropertyName("uid")]
    public string Uid { get; init; } = "";

    /// <summary>"namespace/name", as records and objects are marked.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
