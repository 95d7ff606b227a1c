using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>One condition, in the shape of metav1.Condition.</summary>
public sealed record Condition
{
    /// <summary>The type, e.g. Ready.</summary>
    [Schema(Required = true, CharsMax = 316, Pattern = @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")]
    [JsonPropertyName("type")]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Schema(Required = true, OneOf = "True False Unknown")]
    [JsonPropertyName("status")]
    public string Status { get; init; } = "Unknown";

    /// <summary>The generation of the resource that the condition was judged on.</summary>
    [Schema(Min = 0)]
    [JsonPropertyName("observedGeneration")]
    public long? ObservedGeneration { get; init; }

    /// <summary>When the status last changed.</summary>
    [Schema(Required = true, Format = "date-time")]
    [JsonPropertyName("lastTransitionTime")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>Why, in one word.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 1024, Pattern = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    // metav1.Condition lets it be empty; a 1.20 API server built with a newer Go takes an empty string for null and refuses the whole status.

    /// <summary>Why, for a human reader; never empty.</summary>
    [Schema(Required = true, CharsMin = 1, CharsMax = 32768)]
    [JsonPropertyName("message")]
    public string Message { get; init; } = "";

    /// <summary>The condition of a type; null where there is none.</summary>
    public static Condition? Find(IEnumerable<Condition>? conditions, string type) => conditions?.FirstOrDefault(c => c.Type == type);
}
