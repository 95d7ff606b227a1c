using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>An external-dns that is in the cluster already: records are written as DNSEndpoint objects, which it reads.</summary>
public sealed record ExternalDnsEndpointSpec
{
    /// <summary>The namespace of the objects. Default: the operator's own.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.LabelCharsMax, Pattern = Patterns.Label)]
    [JsonPropertyName("namespace")]
    public string? Namespace { get; init; }

    /// <summary>Labels of the objects, for an external-dns that chooses by label.</summary>
    [Schema(ItemsMax = 32, CharsMax = Patterns.LabelCharsMax)]
    [JsonPropertyName("labels")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>How the provider behind external-dns wants the text of TXT records. Quoted: as in a zone file, which most want; Plain: bare, as DigitalOcean does.</summary>
    [Schema(Default = "\"Quoted\"", OneOf = "Quoted Plain")]
    [JsonPropertyName("txtForm")]
    public string? TxtForm { get; init; }

    /// <summary>
    /// Private and special networks in which the zones' name servers may be asked, in CIDR notation. What they answer tells what external-dns has written, and what is
    /// somebody else's. Default: none.
    /// </summary>
    [Schema(ItemsMax = 64, IsSet = true, CharsMin = 3, CharsMax = 64, Pattern = "^[0-9a-fA-F:.]+/[0-9]{1,3}$")]
    [JsonPropertyName("allowedAddresses")]
    public IReadOnlyList<string>? AllowedAddresses { get; init; }
}
