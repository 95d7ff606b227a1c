using System.Collections.Immutable;
using System.Globalization;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Reads who the mail servers are from the replies to the MX question.</summary>
/// <param name="IsNullMx">True when any reply is the null MX alone (rfc7505#3).</param>
/// <param name="Hosts">The hosts that any reply names, each with its best preference; at most 32, the most preferred first.</param>
internal sealed record MxLookup(bool IsNullMx, ImmutableArray<(string Host, int Preference)> Hosts)
{
    private const int HostsMax = 32;

    /// <summary>Reads the replies.</summary>
    public static MxLookup Of(DnsView view)
    {
        var replies = view.All.Where(r => r.Status == DnsStatus.Answered).Select(r => r.Records.Select(Read).ToList()).ToList();
        return new MxLookup(
            replies.Any(r => r is [("", _)]),
            [
                .. replies
                    .SelectMany(r => r)
                    .Where(r => r.Host.Length > 0)
                    .GroupBy(r => r.Host, StringComparer.Ordinal)
                    .Select(g => (Host: g.Key, Preference: g.Min(r => r.Preference)))
                    .OrderBy(r => r.Preference)
                    .ThenBy(r => r.Host, StringComparer.Ordinal)
                    .Take(HostsMax),
            ]);
    }

    private static (string Host, int Preference) Read(string record)
    {
        var space = record.IndexOf(' ', StringComparison.Ordinal);
        return (record[(space + 1)..], int.TryParse(record.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? p : 0);
    }
}
