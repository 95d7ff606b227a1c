using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Observations;

/// <summary>Does every live MX match a pattern of the policy?</summary>
/// <remarks>
/// <code>
/// null MX                                  Broken  MxNull
/// a server failed                          Unknown DnsLookupFailed, beside what the other servers show
/// no MX and no address, for certain        Broken  MxMissing
/// a host that matches no pattern           Broken  MxNotCovered
/// all hosts match                          Healthy, with a note where a pattern matches none
/// </code>
/// </remarks>
internal static class MxCoverageCheck
{
    /// <summary>Judges against the patterns of the policy.</summary>
    public static IEnumerable<Finding> Judge(ImmutableArray<MxPattern> patterns, MxView view)
    {
        var findings = OfLookup(view);
        findings.AddRange(view.Hosts.Where(h => !patterns.Any(p => p.Matches(h.Host))).Select(h => OfUncovered(h, view)));
        var unused = patterns.Where(p => !view.Hosts.Any(h => p.Matches(h.Host))).Select(p => p.ToString()).Order(StringComparer.Ordinal).ToList();
        if (unused.Count > 0)
        {
            findings.Add(new Finding.Healthy($"No live MX matches {string.Join(", ", unused)}; harmless."));
        }

        return findings;
    }

    /// <summary>Judges against the live policy; where there is none only the MX records themselves are judged.</summary>
    public static IEnumerable<Finding> JudgeAsSender(StsPolicy? policy, MxView view)
    {
        if (policy is { Mx.IsEmpty: false })
        {
            return Judge(policy.Mx, view);
        }

        var findings = OfLookup(view);
        if (policy is null)
        {
            findings.Add(new Finding.Unknown(Reason.NotObservedYet, view.Lookup.Name, "No valid policy was fetched, so nothing says which MX hosts are meant."));
        }

        return findings;
    }

    private static List<Finding> OfLookup(MxView view)
    {
        var name = view.Lookup.Name;
        if (view.IsNullMx)
        {
            return [new Finding.Broken(Reason.MxNull, name, $"{name} says that it accepts no mail (null MX); MTA-STS does not apply to it.")];
        }

        var asked = view.Lookup.All.Where(r => r.Status != DnsStatus.NoRoute).ToList();
        List<Finding> findings = [.. asked.Where(r => !r.IsDefinite).Select(r =>
            new Finding.Unknown(Reason.DnsLookupFailed, r.Server, $"The MX records of {name} could not be looked up at {r.Server}: {DnsWords.Of(r)}."))];
        if (asked.Count == 0)
        {
            findings.Add(new Finding.Unknown(Reason.DnsLookupFailed, name, $"No DNS server could be asked for the MX records of {name}."));
        }
        else if (view.Hosts.IsEmpty && findings.Count == 0)
        {
            findings.Add(new Finding.Broken(Reason.MxMissing, name, $"{name} has no MX record and no address; publish MX records."));
        }

        return findings;
    }

    private static Finding OfUncovered(MxHost host, MxView view)
    {
        // rfc5321#5.1: without MX records the domain is its own MX, but only if it has an address; where that question failed it is not known.
        var implicitUnsure = host.Host == view.Lookup.Name
            && view.Lookup.All.All(r => r.Records.IsEmpty)
            && host.Addresses.All(a => a.Status != DnsStatus.Answered);
        return implicitUnsure
            ? new Finding.Unknown(Reason.DnsLookupFailed, host.Host, $"{host.Host} has no MX record, and its address could not be looked up.")
            : new Finding.Broken(Reason.MxNotCovered, host.Host, $"The live MX {host.Host} matches no pattern of the policy; add it to spec.mx or remove the MX record.");
    }
}
