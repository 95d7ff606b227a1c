using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Serving;

/// <summary>The records of a policy host.</summary>
public static class HostRecords
{
    /// <summary>
    /// The sets A, AAAA and CNAME of the policy host, always all three; a set without values says that there shall be none. Empty when nothing is
    /// known of where the host is (yet): then what is published must stay.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="targets">What it is reached at.</param>
    /// <param name="ttlSeconds">The TTL.</param>
    public static ImmutableArray<RecordSet> For(MailDomain domain, HostTargets targets, long ttlSeconds) => targets.IsUnknown
            ? []
            :
            [
                RecordSet.Of(domain.PolicyHost, RecordType.A, ttlSeconds, OfFamily(targets, AddressFamily.InterNetwork)),
                RecordSet.Of(domain.PolicyHost, RecordType.Aaaa, ttlSeconds, OfFamily(targets, AddressFamily.InterNetworkV6)),
                RecordSet.Of(domain.PolicyHost, RecordType.Cname, ttlSeconds, targets.HostName is { } host ? [host] : []),
            ];

    private static IEnumerable<string> OfFamily(HostTargets targets, AddressFamily family) =>
        targets.Addresses.Where(a => IPAddress.Parse(a).AddressFamily == family);
}
