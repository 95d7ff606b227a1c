using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How a domain goes from testing to enforce.</summary>
public sealed record RolloutSpec
{
    /// <summary>
    /// The stages in their order, testing before enforce. Default: testing (max_age 1d, soak 14d), enforce-1d (1d, 7d), enforce-1w (1w, 7d),
    /// enforce (12w).
    /// </summary>
    [Schema(ItemsMin = 1, ItemsMax = 16, MapKey = "name")]
    [Validation(
        "self.map(s, s.mode) == self.filter(s, s.mode == 'testing').map(s, s.mode) + self.filter(s, s.mode == 'enforce').map(s, s.mode)",
        "testing stages come before enforce stages")]
    [Validation("self[0].mode == 'testing'", "the first stage is a testing stage")]
    [JsonPropertyName("stages")]
    public IReadOnlyList<StageSpec>? Stages { get; init; }

    /// <summary>How often a domain is observed; at least 1s. Default: 5m.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("interval")]
    public string? Interval { get; init; }

    /// <summary>The life that the certificate of a policy host must have left. Default: 72h.</summary>
    [Schema(CharsMax = Patterns.DurationCharsMax, Pattern = Patterns.Duration)]
    [JsonPropertyName("certificateLifeMin")]
    public string? CertificateLifeMin { get; init; }

    /// <summary>
    /// What a failure of an enforced domain's mail servers leads to. Hold: an alarm, and the domain stays enforced. StepBack: an alarm, and back to the
    /// last testing stage once the failure is confirmed; senders keep the enforced policy that they hold until it expires.
    /// </summary>
    [Schema(Default = "\"Hold\"", OneOf = "Hold StepBack")]
    [JsonPropertyName("onRegression")]
    public string? OnRegression { get; init; }

    /// <summary>How such a failure is confirmed; only for onRegression StepBack.</summary>
    [JsonPropertyName("stepBack")]
    public StepBackSpec? StepBack { get; init; }

    /// <summary>The times of the week in which domains may move up. Default: at any time.</summary>
    [Schema(ItemsMax = 16)]
    [JsonPropertyName("windows")]
    public IReadOnlyList<PromotionWindowSpec>? Windows { get; init; }

    /// <summary>Times in which no domain moves up. Whatever lowers a domain, or mends it, does not wait for their end.</summary>
    [Schema(ItemsMax = 16)]
    [Validation("self.all(f, f.from < f.to)", "a freeze ends after it begins")]
    [JsonPropertyName("freezes")]
    public IReadOnlyList<FreezeSpec>? Freezes { get; init; }

    /// <summary>How many domains of the class may be on the move at once: moved up, and not seen healthy in the new stage yet. Default: any number.</summary>
    [Schema(Min = 1)]
    [JsonPropertyName("maxConcurrentPromotions")]
    public int? MaxConcurrentPromotions { get; init; }

    /// <summary>
    /// All promotions of the class stop while more than this share of its promoted domains, in percent, have a broken check: 0 stops them at the first.
    /// Default: never.
    /// </summary>
    [Schema(Min = 0, Max = 100)]
    [JsonPropertyName("haltAbovePercent")]
    public int? HaltAbovePercent { get; init; }
}
