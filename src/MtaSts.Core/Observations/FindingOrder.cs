namespace MtaSts.Core.Observations;

/// <summary>Brings the findings of one check into the one form in which they are told.</summary>
internal static class FindingOrder
{
    private const int FindingsMax = 8; // status is read by people; whoever mends eight sees the ninth

    /// <summary>Broken ones first, then unknown ones, each by subject and reason, one for each of these; one Healthy where there is neither.</summary>
    public static IReadOnlyList<Finding> Reduce(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        var broken = all.OfType<Finding.Broken>().DistinctBy(f => (f.Subject, f.Reason)).OrderBy(f => f.Subject, StringComparer.Ordinal).ThenBy(f => f.Reason).ToList<Finding>();
        var unknown = all.OfType<Finding.Unknown>().DistinctBy(f => (f.Subject, f.Reason)).OrderBy(f => f.Subject, StringComparer.Ordinal).ThenBy(f => f.Reason);
        var wrong = broken.Concat(unknown).Take(FindingsMax).ToList();
        return wrong.Count > 0 ? wrong : [Finding.Worst(all)];
    }

    /// <summary>
    /// Findings of the addresses of one host. Where all addresses fare alike, the host is the subject; else the address is named too.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="byAddress">What was found at each address: null for nothing wrong.</param>
    public static IEnumerable<Finding> OfHost(string host, IReadOnlyList<(string Address, Verdict? Verdict)> byAddress)
    {
        var alike = byAddress.Select(a => a.Verdict).Distinct().Count() == 1;
        return byAddress
            .Where(a => a.Verdict is not null)
            .Select(a => a.Verdict!.At(alike ? host : $"{host} ({a.Address})"))
            .Distinct();
    }
}
