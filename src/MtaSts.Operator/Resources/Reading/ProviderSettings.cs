using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
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

    /// <summary>The suffix below which all records are written; null where they are written at their own names.</summary>
    public Delegation? Delegation { get; init; }

    /// <summary>The most requests in five minutes; null for what its kind has by itself.</summary>
    public int? RequestsMax { get; init; }

    /// <summary>Where it writes.</summary>
    public required DnsBackend Backend { get; init; }

    /// <summary>Where the records of a name are written: a function of the name alone.</summary>
    public string PlaceOf(string name) => Delegation?.PlaceOf(name) ?? name;

    /// <summary>Why a domain cannot be written by this provider: one of its names would be too long. Null where it can.</summary>
    public FieldProblem? ProblemOf(MailDomain domain) => Delegation?.CharsTooMany(domain) is > 0 and var over
        ? new FieldProblem(
            "spec.domain",
            $"is {domain}, and below the provider's cnameTarget {Delegation} the names of its records would be {over} characters longer than a DNS name may be",
            "use a provider with a shorter cnameTarget, or one without")
        : null;

    /// <summary>As whom a resource's records are marked; null where nobody but people writes, whose records are all their own.</summary>
    /// <param name="owner">"namespace/name" of the resource.</param>
    public OwnerIdentity? IdentityOf(string owner) => Backend is DnsBackend.Manual ? null : OwnerIdentity.Create(OwnerId, owner);
}
