using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Cli.Simulate;

/// <summary>A world in which nothing goes wrong: what was published is seen at the next look, and every check is healthy.</summary>
internal static class HealthyWorld
{
    private const long MxTtlSeconds = 3600;

    private static readonly ImmutableArray<Check> All = [.. Enum.GetValues<Check>()];

    /// <summary>The evidence of a look.</summary>
    /// <param name="intent">What is wanted; its patterns name the live MX.</param>
    /// <param name="state">What was published and served before the look.</param>
    /// <param name="ttlSeconds">The TTL of the TXT record.</param>
    /// <param name="watchedSince">Since when there were such looks.</param>
    public static Evidence Look(Intent intent, RolloutState state, long ttlSeconds, DateTimeOffset watchedSince) => new()
    {
        Checks = [.. All.Select(check => new CheckResult(check, Finding(check, intent, state)))],
        LiveMx = [.. intent.Mx.Select(pattern => pattern.IsWildcard ? $"mx{pattern.ToString()[1..]}" : pattern.ToString())],
        LiveMxKnown = true,
        MxTtlSeconds = MxTtlSeconds,
        Owner = state.PublishedId is null ? LiveOwner.None : LiveOwner.Us,
        LiveId = state.PublishedId,
        LiveTtlSeconds = state.PublishedId is null ? 0 : ttlSeconds,
        LivePolicy = state.Served?.Policy,
        LivePolicyIsAbsent = state.Served is null,
        WatchedSince = watchedSince,
    };

    // What nobody has published yet nobody sees.
    private static Finding Finding(Check check, Intent intent, RolloutState state) => check switch
    {
        Check.PolicyServed when state.Served is null => new Finding.Unknown(Reason.PolicyNotServedYet, intent.Domain.PolicyHost, "the policy is not served yet"),
        Check.TxtRecord when state.PublishedId is null => new Finding.Unknown(Reason.RecordNotPublishedYet, intent.Domain.StsRecordName, "the record is not published yet"),
        _ => new Finding.Healthy(),
    };
}
