using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
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
    /// <param name="serving">Its class; its addresses come first.</param>
    /// <param name="ingress">The domain's Ingress as it is in the cluster, or null; its status counts where the class names no addresses.</param>
    /// <param name="ttlSeconds">The TTL.</param>
    public static ImmutableArray<RecordSet> For(MailDomain domain, ServingSettings serving, V1Ingress? ingress, long ttlSeconds)
    {
        var targets = serving.Targets.IsUnknown ? TargetsOf(ingress) : serving.Targets;
        return targets.IsUnknown
            ? []
            :
            [
                RecordSet.Of(domain.PolicyHost, RecordType.A, ttlSeconds, OfFamily(targets, AddressFamily.InterNetwork)),
                RecordSet.Of(domain.PolicyHost, RecordType.Aaaa, ttlSeconds, OfFamily(targets, AddressFamily.InterNetworkV6)),
                RecordSet.Of(domain.PolicyHost, RecordType.Cname, ttlSeconds, targets.HostName is { } host ? [host] : []),
            ];
    }

    /// <summary>What the status of an Ingress says: its addresses, or where it has none its first host name. Entries that are neither are passed over.</summary>
    public static HostTargets TargetsOf(V1Ingress? ingress)
    {
        var addresses = new SortedSet<string>(StringComparer.Ordinal);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in ingress?.Status?.LoadBalancer?.Ingress ?? [])
        {
            if (IPAddress.TryParse(entry.Ip, out var address))
            {
                addresses.Add(address.ToString());
            }
            else if (HostName.TryNormalise(entry.Hostname, out var name, out _))
            {
                names.Add(name);
            }
        }

        return addresses.Count > 0
            ? new HostTargets(addresses.ToImmutableSortedSet(StringComparer.Ordinal), null)
            : new HostTargets([], names.FirstOrDefault());
    }

    private static IEnumerable<string> OfFamily(HostTargets targets, AddressFamily family) =>
        targets.Addresses.Where(a => IPAddress.Parse(a).AddressFamily == family);
}
