using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>A time of the week in which domains may move up.</summary>
public sealed record PromotionWindowSpec
{
    /// <summary>The days on which it opens. Default: every day.</summary>
    [Schema(ItemsMin = 1, ItemsMax = 7, IsSet = true, OneOf = "Mon Tue Wed Thu Fri Sat Sun")]
    [JsonPropertyName("days")]
    public IReadOnlyList<string>? Days { get; init; }

    /// <summary>When it opens, by the clock of the time zone: "09:00".</summary>
    [Schema(Required = true, CharsMin = 5, CharsMax = 5, Pattern = Patterns.TimeOfDay)]
    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    /// <summary>When it closes, not included: "17:00". At or before from: on the next day.</summary>
    [Schema(Required = true, CharsMin = 5, CharsMax = 5, Pattern = Patterns.TimeOfDay)]
    [JsonPropertyName("to")]
    public string To { get; init; } = "";

    /// <summary>The time zone by its IANA name, e.g. Europe/Berlin. Default: UTC.</summary>
    [Schema(CharsMin = 1, CharsMax = Patterns.TimeZoneCharsMax, Pattern = Patterns.TimeZone)]
    [JsonPropertyName("timeZone")]
    public string? TimeZone { get; init; }
}
