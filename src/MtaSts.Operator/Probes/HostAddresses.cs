using System.Collections.Immutable;
using System.Net;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Takes addresses out of replies.</summary>
internal static class HostAddresses
{
    private const int AddressesMax = 8;

    /// <summary>Each address once, IPv4 before IPv6, in a stable order; at most 8.</summary>
    public static ImmutableArray<IPAddress> Of(ImmutableArray<DnsReply> replies) =>
    [
        .. replies
            .SelectMany(r => r.Records)
            .Distinct(StringComparer.Ordinal)
            .Select(IPAddress.Parse)
            .OrderBy(a => a.AddressFamily)
            .ThenBy(a => Convert.ToHexString(a.GetAddressBytes()), StringComparer.Ordinal)
            .Take(AddressesMax),
    ];
}
