using System.Text.Json.Serialization;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources;

/// <summary>How far a domain is. All that the operator must remember is here; nothing that matters lives in its memory.</summary>
public sealed record MtaStsPolicyStatus
{
    /// <summary>The generation that was last acted on; -1 before the first pass.</summary>
    [Schema(Min = -1)]
    [JsonPropertyName("observedGeneration")]
    public long ObservedGeneration { get; init; } = -1;

    /// <summary>The domain that this resource acts for, since it was first accepted.</summary>
    [JsonPropertyName("domain")]
    public string? Domain { get; init; }

    /// <summary>The class under which the domain is served.</summary>
    [JsonPropertyName("className")]
    public string? ClassName { get; init; }

    /// <summary>The provider to which its records were written.</summary>
    [JsonPropertyName("providerName")]
    public string? ProviderName { get; init; }

    /// <summary>The mode of the policy as published now: testing, enforce or none; absent before the first publication.</summary>
    [Schema(OneOf = "none testing enforce")]
    [JsonPropertyName("mode")]
    public string? Mode { get; init; }

    /// <summary>The stage of the rollout.</summary>
    [JsonPropertyName("stage")]
    public string? Stage { get; init; }

    /// <summary>The id in the TXT record as published now.</summary>
    [JsonPropertyName("policyId")]
    public string? PolicyId { get; init; }

    /// <summary>When the stage was entered.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("stageEnteredAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? StageEnteredAt { get; init; }

    /// <summary>The first moment in the stage at which every required check was healthy.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("settledAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Since when every required check has been healthy without a break; absent while one is broken.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("healthySince")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? HealthySince { get; init; }

    /// <summary>The earliest moment of the next promotion.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("soakUntil")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? SoakUntil { get; init; }

    /// <summary>
    /// Until when a sender may hold an enforced policy that is not served any more. What is served now is not counted: while that is enforced, a sender
    /// may hold it for its max_age from now.
    /// </summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("cachedUntil")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? CachedUntil { get; init; }

    /// <summary>The mx patterns of the document that is being served.</summary>
    [JsonPropertyName("servedMx")]
    public IReadOnlyList<string>? ServedMx { get; init; }

    /// <summary>The patterns among them that <c>spec.mx</c> no longer has, with the reason for which each stays.</summary>
    [Schema(ItemsMax = 100)]
    [JsonPropertyName("keptMx")]
    public IReadOnlyList<KeptMxStatus>? KeptMx { get; init; }

    /// <summary>Every policy that some sender may hold: what was served, from when to when.</summary>
    [Schema(ItemsMax = 32)]
    [JsonPropertyName("ledger")]
    public IReadOnlyList<LedgerEntryStatus>? Ledger { get; init; }

    /// <summary>The failure of an enforced domain's mail servers that is being confirmed; only where the class says onRegression: StepBack.</summary>
    [JsonPropertyName("regression")]
    public RegressionStatus? Regression { get; init; }

    /// <summary>For a domain that is being taken down: when records and policy go. Absent until mode none has been seen everywhere.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("removeAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? RemoveAt { get; init; }

    /// <summary>True when records and policy have been taken away, or are being.</summary>
    [JsonPropertyName("withdrawn")]
    public bool? Withdrawn { get; init; }

    /// <summary>The id of the document that was handed to the policy server.</summary>
    [JsonPropertyName("servedId")]
    public string? ServedId { get; init; }

    /// <summary>The mode of that document.</summary>
    [Schema(OneOf = "none testing enforce")]
    [JsonPropertyName("servedMode")]
    public string? ServedMode { get; init; }

    /// <summary>The max_age of that document, in seconds.</summary>
    [Schema(Min = 0, Max = 31557600)]
    [JsonPropertyName("servedMaxAge")]
    public long? ServedMaxAge { get; init; }

    /// <summary>While the record does not name that document yet: since when it has been seen at every address.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("servedSeenAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? ServedSeenAt { get; init; }

    /// <summary>When that id was given out for publication.</summary>
    [Schema(Format = "date-time")]
    [JsonPropertyName("publishedAt")]
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The id in the TXT record before; servers may give it while the new one spreads.</summary>
    [JsonPropertyName("previousId")]
    public string? PreviousId { get; init; }

    /// <summary>The soak clock of the stage.</summary>
    [JsonPropertyName("soak")]
    public SoakStatus? Soak { get; init; }

    /// <summary>What somebody has to do to the zone, in the form of a zone file: where the provider is manual, its records; where it has a cnameTarget, the CNAMEs that are not there.</summary>
    [Schema(ItemsMax = 64)]
    [JsonPropertyName("recordsByHand")]
    public IReadOnlyList<string>? RecordsByHand { get; init; }

    /// <summary>What each check found last: one entry, or one for each host, record or URL that is not healthy.</summary>
    [Schema(ItemsMax = 64)]
    [JsonPropertyName("checks")]
    public IReadOnlyList<CheckStatus>? Checks { get; init; }

    /// <summary>The last moves between stages, the newest last.</summary>
    [Schema(ItemsMax = 32)]
    [JsonPropertyName("history")]
    public IReadOnlyList<TransitionStatus>? History { get; init; }

    /// <summary>The conditions.</summary>
    [Schema(MapKey = "type", ItemsMax = 32)]
    [JsonPropertyName("conditions")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The last value of the annotation reconcile.fluxcd.io/requestedAt that was acted on.</summary>
    [JsonPropertyName("lastHandledReconcileAt")]
    public string? LastHandledReconcileAt { get; init; }
}
