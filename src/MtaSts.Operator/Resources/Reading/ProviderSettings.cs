using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>A provider, read and checked.</summary>
public sealed record ProviderSettings
{
    /// <summary>Its name; of a DnsProvider "namespace/name".</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of a DnsProvider, which is that of its Secrets; null for a ClusterDnsProvider.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where its server may be.</summary>
    public Reach Reach { get; init; } = Reach.Anywhere;

    /// <summary>The zones that may be written to, each once, lower case, without the final dot; empty for every zone that the server answers for.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The TTL of the records, 30 to 86400 seconds.</summary>
    public required long TtlSeconds { get; init; }

    /// <summary>The name by which this cluster knows its own records.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Where it writes.</summary>
    public required DnsBackend Backend { get; init; }

    /// <summary>As whom a resource's records are marked; null where nobody but people writes, whose records are all their own.</summary>
    /// <param name="owner">"namespace/name" of the resource.</param>
    public OwnerIdentity? IdentityOf(string owner) => Backend is DnsBackend.Manual ? null : OwnerIdentity.Create(OwnerId, owner);
}
