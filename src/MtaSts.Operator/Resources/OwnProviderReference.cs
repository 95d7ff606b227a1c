using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Names a DNS provider of the same namespace.</summary>
public sealed record OwnProviderReference
{
    /// <summary>The kind of provider.</summary>
    [Schema(Default = "\"DnsProvider\"", OneOf = "DnsProvider")]
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    /// <summary>Its name.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = Patterns.NameCharsMax, Pattern = Patterns.ObjectName)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
}
