using System.Collections.Immutable;
using System.Text;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Simulation.Watching;

/// <summary>What a look amounts to, found without the product's own checks.</summary>
internal enum Sight
{
    /// <summary>All that a soak asks for was seen to be so.</summary>
    Well,

    /// <summary>The same, but for answers that were lost.</summary>
    WellAsFarAsSeen,

    /// <summary>A mail server fails, or is not covered.</summary>
    MailIsBad,

    /// <summary>Anything else: still spreading, or the policy host fails.</summary>
    Other,
}

/// <summary>One look at a domain. A copy keeps what it amounts to.</summary>
/// <param name="Seen">The facts.</param>
/// <param name="State">What was meant to be seen.</param>
/// <param name="Spec">What was wanted.</param>
/// <param name="At">When, by the operator's clock.</param>
internal sealed record Look(Observed Seen, RolloutState State, Intent Spec, DateTimeOffset At)
{
    public Sight Sight { get; } = Of(Seen, State, Spec, At);

    private static Sight Of(Observed seen, RolloutState state, Intent spec, DateTimeOffset now)
    {
        var patterns = state.Served?.Policy.Mx ?? spec.Mx;
        var probes = seen.Mx.Hosts.SelectMany(h => h.Probes).ToList();
        if (probes.Any(p => p.Certificate is { Chain: not ChainStatus.Trusted }) || seen.Mx.Hosts.Any(h => !patterns.Any(p => p.Matches(h.Host))))
        {
            return Sight.MailIsBad;
        }

        if (state.Served is not { } served || state.PublishedId is not { } id)
        {
            return Sight.Other;
        }

        var texts = seen.StsTxt.All.Where(r => r.IsDefinite).ToList();
        var reports = seen.TlsRptTxt.All.Where(r => r.IsDefinite).ToList();
        var fetches = seen.Policy.Fetches;
        var isWell = texts.All(r => OfKind(r, "v=STSv1") is [var one] && one == new StsRecord(id).ToString())
            && (spec.TlsReporting is not { } rua || reports.All(r => OfKind(r, "v=TLSRPTv1") is [var one] && one == rua.ToString()))
            && fetches.All(f => f is { HttpStatus: 200, Certificate: { Chain: ChainStatus.Trusted, NotAfter: var end } }
                && end - now >= spec.CertificateLifeMin && f.Body.Span.SequenceEqual(Encoding.ASCII.GetBytes(served.Text)));
        if (!isWell)
        {
            return Sight.Other;
        }

        DnsReply[] asked = [.. seen.StsTxt.All, .. spec.TlsReporting is null ? [] : seen.TlsRptTxt.All, .. seen.Mx.Lookup.All, .. seen.Policy.Addresses];
        return asked.All(r => r.IsDefinite) && fetches.Length > 0 && probes.All(p => p.Certificate is not null) ? Sight.Well
            : state.IsPublished ? Sight.WellAsFarAsSeen
            : Sight.Other;
    }

    private static ImmutableArray<string> OfKind(DnsReply reply, string version) => [.. reply.Records.Where(r => r.StartsWith(version, StringComparison.Ordinal))];
}
