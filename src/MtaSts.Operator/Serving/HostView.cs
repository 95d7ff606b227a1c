using System.Net;
using k8s.Models;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Serving;

/// <summary>What the cluster says of a policy host.</summary>
/// <param name="Targets">What it is reached at.</param>
/// <param name="Trouble">What keeps senders from it, as far as the cluster knows; null for nothing.</param>
public sealed record HostView(HostTargets Targets, HostTrouble? Trouble)
{
    /// <summary>Nothing is known.</summary>
    public static readonly HostView Unknown = new(HostTargets.Unknown, null);

    /// <summary>The addresses of a list of them, or where it has none its first host name; what is neither is passed over.</summary>
    public static HostTargets TargetsOf(IEnumerable<string?> entries)
    {
        var addresses = new SortedSet<string>(StringComparer.Ordinal);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (IPAddress.TryParse(entry, out var address))
            {
                addresses.Add(address.ToString());
            }
            else if (HostName.TryNormalise(entry, out var name, out _))
            {
                names.Add(name);
            }
        }

        return addresses.Count > 0 ? new HostTargets([.. addresses], null) : new HostTargets([], names.FirstOrDefault());
    }

    /// <summary>What the status of an Ingress says.</summary>
    public static HostTargets TargetsOf(V1Ingress? ingress) =>
        TargetsOf((ingress?.Status?.LoadBalancer?.Ingress ?? []).Select(e => string.IsNullOrEmpty(e.Ip) ? e.Hostname : e.Ip));

    /// <summary>What the status of a Service says.</summary>
    public static HostTargets TargetsOf(V1Service? service) =>
        TargetsOf((service?.Status?.LoadBalancer?.Ingress ?? []).Select(e => string.IsNullOrEmpty(e.Ip) ? e.Hostname : e.Ip));

    /// <summary>What the status of a Gateway says.</summary>
    public static HostTargets TargetsOf(Gateway? gateway) => TargetsOf(gateway?.Addresses ?? []);
}
