using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A name server that takes dynamic updates (RFC 2136).</summary>
public sealed record Rfc2136Spec
{
    /// <summary>The server: a host name or an address, with a port where it is not 53: ns.example.net, 192.0.2.53:5353, [2001:db8::53]:53.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 260)]
    [JsonPropertyName("server")]
    public string Server { get; init; } = "";

    /// <summary>The key that signs the updates (TSIG, RFC 8945). Default: updates are not signed.</summary>
    [JsonPropertyName("tsig")]
    public TsigSpec? Tsig { get; init; }

    /// <summary>How long one exchange may take, 1s to 1m. Default: 5s.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("timeout")]
    public string? Timeout { get; init; }
}
