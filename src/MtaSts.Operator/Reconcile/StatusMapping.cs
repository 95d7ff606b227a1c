using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Carries the state of a domain and what was found between the engine and the resource's status. Reading what was written gives the same
/// state to the tick, and writing an unchanged outcome gives an equal status, so that a settled domain is never written.
/// </summary>
public static class StatusMapping
{
    /// <summary>The state in a status. A status that does not make sense (written by hand, or cut) gives what of it does.</summary>
    public static RolloutState StateOf(MtaStsPolicyStatus? status)
    {
        if (status is null)
        {
            return RolloutState.Empty;
        }

        return new RolloutState
        {
            Stage = status.Stage is "" ? null : status.Stage,
            StageEnteredAt = status.StageEnteredAt,
            SettledAt = status.SettledAt,
            Served = ServedOf(status),
            ServedSeenAt = status.ServedSeenAt,
            PublishedId = IdOf(status.PolicyId),
            PublishedMode = ModeOf(status.Mode),
            PublishedAt = status.PublishedAt,
            PreviousId = IdOf(status.PreviousId),
            Ledger = new Ledger([.. (status.Ledger ?? []).Select(EntryOf).OfType<LedgerEntry>().DistinctBy(e => e.Id)]),
            KeptMx = [.. (status.KeptMx ?? []).Select(KeptOf).OfType<KeptPattern>()],
            Regression = status.Regression is { Looks: > 0 } r ? new Regression(r.Since, r.LastAt, r.Looks) : null,
            Withdrawn = status.Withdrawn ?? false,
            Soak = new SoakClock(
                ElapsedOf(status.Soak?.ElapsedSeconds ?? 0),
                status.Soak?.CountedUntil,
                status.HealthySince),
            History = [.. (status.History ?? []).Where(t => !string.IsNullOrEmpty(t.To)).TakeLast(RolloutState.HistoryMax).Select(TransitionOf)],
        };
    }

    /// <summary>The status with another state in it; checks and conditions stay.</summary>
    public static MtaStsPolicyStatus WithState(MtaStsPolicyStatus? status, RolloutState state, TimeSpan? soak) =>
        (status ?? new MtaStsPolicyStatus()) with
        {
            Stage = state.Stage,
            StageEnteredAt = state.StageEnteredAt,
            SettledAt = state.SettledAt,
            Mode = Text(state.PublishedMode),
            PolicyId = state.PublishedId?.ToString(),
            PublishedAt = state.PublishedAt,
            PreviousId = state.PreviousId?.ToString(),
            HealthySince = state.Soak.HealthySince,
            SoakUntil = soak is { } wanted ? state.Soak.Until(wanted) : null,
            Soak = state.Soak is { CountedUntil: null, Elapsed.Ticks: 0 }
                ? null
                : new SoakStatus { ElapsedSeconds = state.Soak.Elapsed.TotalSeconds, CountedUntil = state.Soak.CountedUntil },
            CachedUntil = state.Ledger.EnforcedUntil,
            Ledger = state.Ledger.Entries.IsEmpty ? null : [.. state.Ledger.Entries.Select(EntryOf)],
            KeptMx = state.KeptMx.IsEmpty ? null : [.. state.KeptMx.Select(KeptOf)],
            Regression = state.Regression is { } r ? new RegressionStatus { Since = r.Since, LastAt = r.LastAt, Looks = r.Looks } : null,
            RemoveAt = WholeSeconds(state.RemoveAt),
            Withdrawn = state.Withdrawn ? true : null,
            ServedSeenAt = state.ServedSeenAt,
            ServedId = state.Served?.Id.ToString(),
            ServedMode = Text(state.Served?.Policy.Mode),
            ServedMaxAge = state.Served?.Policy.MaxAgeSeconds,
            ServedMx = state.Served is { } served ? Texts(served.Policy.Mx) : null,
            History = state.History.IsEmpty
                ? null
                : [.. state.History.Select(t => new TransitionStatus { At = t.At, From = t.From, To = t.To, Reason = t.Reason.ToString() })],
        };

    /// <summary>The status with the checks and conditions of a pass.</summary>
    /// <param name="status">The status so far, the state of the pass already in it.</param>
    /// <param name="outcome">What the pass came to.</param>
    /// <param name="generation">The generation of the spec that was acted on.</param>
    /// <param name="now">The time, for what changed.</param>
    public static MtaStsPolicyStatus WithOutcome(MtaStsPolicyStatus status, PassOutcome outcome, long generation, DateTimeOffset now) => status with
    {
        ObservedGeneration = generation,
        Domain = outcome.Intent?.Domain.ToString() ?? status.Domain,
        RecordsByHand = outcome.DnsProblems.SelectMany(p => p.ByHand).ToList() is { Count: > 0 } byHand ? byHand : null,
        Checks = outcome.Evidence is { } evidence ? Checks(status.Checks ?? [], evidence.Checks, now) : status.Checks,
        Conditions = Conditions(status.Conditions ?? [], StatusProjection.Conditions(outcome), generation, now),
    };

    private static List<CheckStatus> Checks(IReadOnlyList<CheckStatus> before, ImmutableArray<CheckResult> results, DateTimeOffset now) =>
    [
        .. results.Select(result =>
        {
            var check = result.Finding switch
            {
                Finding.Broken broken => new CheckStatus { Outcome = "Broken", Reason = broken.Reason.ToString(), Subject = broken.Subject, Message = broken.Message },
                Finding.Unknown unknown => new CheckStatus { Outcome = "Unknown", Reason = unknown.Reason.ToString(), Subject = unknown.Subject, Message = unknown.Message },
                Finding.Healthy healthy => new CheckStatus { Outcome = "Healthy", Message = healthy.Note },
                _ => throw new InvalidOperationException($"no finding is a {result.Finding.GetType().Name}"),
            } with { Name = result.Check.ToString() };
            // The moment is that of the first look with this finding, so that looking again changes nothing.
            var same = before.FirstOrDefault(b => b with { ObservedAt = null } == check);
            return check with { ObservedAt = same?.ObservedAt ?? now };
        }),
    ];

    private static List<Resources.Condition> Conditions(
        IReadOnlyList<Resources.Condition> before, ImmutableArray<Core.Status.Condition> conditions, long generation, DateTimeOffset now) =>
    [
        .. conditions.Where(IsShown).Select(condition =>
        {
            var type = condition.Type.ToString();
            var status = condition.Status.ToString();
            var old = Resources.Condition.Find(before, type);
            return new Resources.Condition
            {
                Type = type,
                Status = status,
                Reason = condition.Reason.ToString(),
                Message = condition.Message,
                ObservedGeneration = generation,
                LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
            };
        }),
    ];

    // kstatus: the abnormal conditions are there only while they are true.
    private static bool IsShown(Core.Status.Condition condition) =>
        condition.Status == ConditionStatus.True || condition.Type is not (ConditionType.Reconciling or ConditionType.Stalled or ConditionType.Degraded);

    private static PolicyDocument? ServedOf(MtaStsPolicyStatus status)
    {
        if (ModeOf(status.ServedMode) is not { } mode || status.ServedMaxAge is not (>= 0 and <= StsPolicy.MaxAgeSecondsMax and var maxAge))
        {
            return null;
        }

        return PolicyDocument.Of(new StsPolicy(mode, PatternsOf(status.ServedMx), maxAge));
    }

    private static LedgerEntry? EntryOf(LedgerEntryStatus entry) =>
        IdOf(entry.Id) is { } id && ModeOf(entry.Mode) is { } mode && entry.MaxAge is >= 0 and <= StsPolicy.MaxAgeSecondsMax
            ? new LedgerEntry(id, new StsPolicy(mode, PatternsOf(entry.Mx), entry.MaxAge), entry.Since)
            {
                Until = entry.Until,
                IsReplaced = entry is { Replaced: true, Until: not null },
                TtlSeconds = Math.Clamp(entry.Ttl ?? 0, 0, int.MaxValue),
            }
            : null;

    private static LedgerEntryStatus EntryOf(LedgerEntry entry) => new()
    {
        Id = entry.Id.ToString(),
        Mode = Text(entry.Policy.Mode)!,
        MaxAge = entry.Policy.MaxAgeSeconds,
        Mx = Texts(entry.Policy.Mx),
        Since = entry.Since,
        Until = entry.Until,
        Replaced = entry.IsReplaced ? true : null,
        Ttl = entry.TtlSeconds,
    };

    private static KeptPattern? KeptOf(KeptMxStatus kept) =>
        MxPattern.TryParseAny(kept.Pattern, out var pattern, out _)
            ? new KeptPattern(pattern, ReasonOf(kept.Reason), kept.Until, Math.Clamp(kept.MxTtl ?? 0, 0, int.MaxValue))
            : null;

    private static KeptMxStatus KeptOf(KeptPattern kept) => new()
    {
        Pattern = kept.Pattern.ToString(),
        Reason = kept.Why.ToString(),
        Until = kept.Until,
        MxTtl = kept.TtlSeconds,
    };

    // An adopted policy may name hosts of one label, which our own resources do not take.
    private static ImmutableArray<MxPattern> PatternsOf(IEnumerable<string>? texts) =>
        [.. (texts ?? []).Select(text => MxPattern.TryParseAny(text, out var pattern, out _) ? pattern : null).OfType<MxPattern>()];

    private static List<string> Texts(ImmutableArray<MxPattern> patterns) => [.. patterns.Select(m => m.ToString()).Order(StringComparer.Ordinal)];

    // For people: nothing is read back from it, and nothing goes before it.
    private static DateTimeOffset? WholeSeconds(DateTimeOffset? moment) =>
        moment is { } at ? new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero) : null;

    // Enum.TryParse takes numbers too.
    private static Reason ReasonOf(string? text) => Enum.TryParse<Reason>(text, out var reason) && Enum.IsDefined(reason) ? reason : Reason.AsExpected;

    // Whole seconds and the rest apart, since their product has more digits than a double; what no soak can be counts as none.
    private static TimeSpan ElapsedOf(double seconds) => seconds >= 0 && seconds <= Durations.Max.TotalSeconds
        ? TimeSpan.FromTicks(((long)seconds * TimeSpan.TicksPerSecond) + (long)Math.Round((seconds - Math.Truncate(seconds)) * TimeSpan.TicksPerSecond))
        : TimeSpan.Zero;

    private static Transition TransitionOf(TransitionStatus t) => new(t.At, t.From is "" ? null : t.From, t.To, ReasonOf(t.Reason));

    private static PolicyId? IdOf(string? text) => PolicyId.TryParse(text, out var id) ? id : null;

    private static StsMode? ModeOf(string? text) => text switch
    {
        "enforce" => StsMode.Enforce,
        "testing" => StsMode.Testing,
        "none" => StsMode.None,
        _ => null,
    };

    private static string? Text(StsMode? mode) => mode?.ToString().ToLowerInvariant();
}
