using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Rollout;

/// <summary>Says which patterns stay in the served policy although their owner has removed them (promise 8).</summary>
/// <remarks>
/// <code>
/// which MX are live is not known                                             kept        DnsLookupFailed
/// a live MX matches it, and no pattern of spec.mx                            kept        MxInUse
/// no live MX needs it any more: resolvers may still give the MX set before   kept        MxCached, for one TTL of the MX records
/// senders may hold an enforced policy in which no other pattern matches a
/// live MX: they deliver to its hosts alone until they fetch anew             kept        MxCached, until that policy has expired
/// else                                                                       let go
/// </code>
/// </remarks>
internal static class KeptPatterns
{
    /// <summary>The patterns to keep.</summary>
    /// <param name="served">The patterns of the policy that is live now.</param>
    /// <param name="intent">What is wanted.</param>
    /// <param name="state">Where the domain stands.</param>
    /// <param name="evidence">What was seen.</param>
    /// <param name="now">The time.</param>
    public static ImmutableArray<KeptPattern> Of(
        ImmutableArray<MxPattern> served, Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now) =>
        [.. served.Where(old => !intent.Mx.Contains(old)).Select(old => Keep(old, intent, state, evidence, now)).OfType<KeptPattern>()];

    private static KeptPattern? Keep(MxPattern old, Intent intent, RolloutState state, Evidence evidence, DateTimeOffset now)
    {
        var before = state.KeptMx.FirstOrDefault(k => k.Pattern == old);
        if (!evidence.LiveMxKnown)
        {
            return new KeptPattern(old, Reason.DnsLookupFailed, null, before?.TtlSeconds ?? 0);
        }

        var ttl = Math.Max(before?.TtlSeconds ?? 0, evidence.MxTtlSeconds);
        if (evidence.LiveMx.Any(host => old.Matches(host) && !intent.Mx.Any(pattern => pattern.Matches(host))))
        {
            return new KeptPattern(old, Reason.MxInUse, null, ttl);
        }

        var until = before is { Why: Reason.MxCached, Until: { } known } ? known : now.AddSeconds(ttl);
        if (state.Ledger.OnlyMatchUntil(old, evidence.LiveMx) is { } held && held > until)
        {
            until = held;
        }

        return until > now ? new KeptPattern(old, Reason.MxCached, until, ttl) : null;
    }
}
