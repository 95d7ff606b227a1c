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
}
