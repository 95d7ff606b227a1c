using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One policy that senders may hold.</summary>
public sealed record LedgerEntryStatus
{
    /// <summary>Its id.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 32)]
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>Its mode.</summary>
    [Schema(Required = true, OneOf = "none testing enforce")]
    [JsonPropertyName("mode")]
    public string Mode { get; init; } = "";

    /// <summary>Its max_age, in seconds.</summary>
    [Schema(Required = true, Min = 0, Max = 31557600)]
    [JsonPropertyName("maxAge")]
    public long MaxAge { get; init; }

    /// <summary>Its mx patterns.</summary>
    [JsonPropertyName("mx")]
    public IReadOnlyList<string>? Mx { get; init; }

    /// <summary>When it was first handed out, or first seen.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("since")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset Since { get; init; }

    /// <summary>The last moment at which it was served or named; absent while it is served.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("until")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? Until { get; init; }

    /// <summary>True when what replaced it has been seen everywhere, so that <c>until</c> is final.</summary>
    [JsonPropertyName("replaced")]
    public bool? Replaced { get; init; }

    /// <summary>The TTL, in seconds, with which a resolver may have kept its id.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("ttl")]
    public long? Ttl { get; init; }
}
