using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>Something that a provider did not do.</summary>
public sealed record ProviderErrorStatus
{
    /// <summary>When.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("at")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset At { get; init; }

    /// <summary>The kind, as in conditions.</summary>
    [Schema(Required = true)]
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    /// <summary>What happened, in a sentence.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
