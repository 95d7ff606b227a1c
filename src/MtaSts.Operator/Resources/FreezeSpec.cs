using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A time in which no domain moves up.</summary>
/// <remarks>The times are texts here, so that one that is wrong is a problem of its field and not of every class.</remarks>
public sealed record FreezeSpec
{
    /// <summary>Its beginning: a date and time with an offset (RFC 3339), e.g. 2026-12-20T00:00:00Z.</summary>
    [Schema(Required = true, Format = "date-time", CharsMax = Patterns.MomentCharsMax)]
    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    /// <summary>Its end, not included; after its beginning.</summary>
    [Schema(Required = true, Format = "date-time", CharsMax = Patterns.MomentCharsMax)]
    [JsonPropertyName("to")]
    public string To { get; init; } = "";

    /// <summary>What it is for; the status of a domain that waits says it. Default: nothing.</summary>
    [Schema(CharsMax = Patterns.NoteCharsMax)]
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
