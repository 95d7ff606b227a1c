using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>What a class lets the DnsProviders of namespaces do.</summary>
/// <param name="Backends">The kinds of place that they may write to; none at all means all that a DnsProvider can name.</param>
/// <param name="Networks">Private and special networks at which their servers may be.</param>
public sealed record NamespacedProviders(ImmutableArray<string> Backends, ImmutableArray<IPNetwork> Networks)
{
    /// <summary>
    /// What is left to a domain that was published through a DnsProvider when its class lets nobody use one any more: enough to take it down, at public addresses.
    /// </summary>
    public static readonly NamespacedProviders ForTakingDown = new([], []);

    /// <summary>True when they may write to such a place.</summary>
    public bool Allows(DnsBackend backend) => Backends.IsEmpty || Backends.Contains(backend.Field);

    /// <summary>Where their servers may be.</summary>
    public Reach Reach => Reach.PublicAnd(Networks);

    /// <summary>Reads what a class says; null where it lets nobody.</summary>
    internal static NamespacedProviders? Read(string path, NamespacedProvidersSpec? spec, Problems problems)
    {
        if (spec is null)
        {
            return null;
        }

        var backends = spec.Backends ?? [];
        if (spec.Backends is { Count: 0 })
        {
            problems.Add($"{path}.backends", "is empty", "name a kind, or leave it out to allow all");
        }

        for (var i = 0; i < backends.Count; i++)
        {
            if (!DnsBackend.OfNamespaces.Contains(backends[i]))
            {
                problems.Add($"{path}.backends[{i}]", $"is {Problems.Show(backends[i])}", $"write one of {string.Join(", ", DnsBackend.OfNamespaces)}");
            }
        }

        return new NamespacedProviders([.. backends], problems.Networks($"{path}.allowedAddresses", spec.AllowedAddresses ?? []));
    }
}
