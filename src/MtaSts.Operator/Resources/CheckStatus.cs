using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One check and what it found last.</summary>
public sealed record CheckStatus
{
    /// <summary>The check.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 63)]
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Healthy, Broken or Unknown.</summary>
    [Schema(Required = true, OneOf = "Healthy Broken Unknown")]
    [JsonPropertyName("outcome")]
    public string Outcome { get; init; } = "Unknown";

    /// <summary>Why, in one word.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>The host, record or URL that it is about.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    /// <summary>Why, for a human reader.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>When the finding was first made as it is.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("observedAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? ObservedAt { get; init; }
}
