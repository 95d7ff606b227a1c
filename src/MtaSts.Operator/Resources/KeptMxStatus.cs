using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A pattern that is served although <c>spec.mx</c> no longer has it.</summary>
public sealed record KeptMxStatus
{
    /// <summary>The pattern.</summary>
    [Schema(Required = true, CharsMin = 1)]
    [JsonPropertyName("pattern")]
    public string Pattern { get; init; } = "";

    /// <summary>Why it stays: MxInUse (a live MX needs it), MxCached (senders may still go by it), DnsLookupFailed (which MX are live is not known).</summary>
    [Schema(Required = true, CharsMin = 1)]
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    /// <summary>Until when it stays, where that is known.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("until")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? Until { get; init; }

    /// <summary>The longest TTL, in seconds, that the MX records were seen with since the pattern was removed.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("mxTtl")]
    public long? MxTtl { get; init; }
}
