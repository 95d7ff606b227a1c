using MtaSts.Operator.Dns;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What the conformance suite wants of an adapter's test bed: the adapter, and a way to the zone that does not lead through it.</summary>
public interface IDnsTruth : IAsyncDisposable
{
    /// <summary>The zone that the suite writes in; empty but for its apex, and <c>*.wild</c> (TXT "v=STSv1; id=wild;", A 192.0.2.99) where wildcards exist.</summary>
    string Zone { get; }

    /// <summary>A zone below <see cref="Zone"/> that the provider has too.</summary>
    string SubZone { get; }

    /// <summary>Which row of the table in docs/dns-providers.md is about it.</summary>
    string TableRow { get; }

    /// <summary>The adapter with good settings.</summary>
    IDnsProvider Provider { get; }

    /// <summary>The same adapter with credentials that the provider refuses, with a name for each kind.</summary>
    IReadOnlyDictionary<string, IDnsProvider> WithoutRights { get; }

    /// <summary>The same adapter with nobody at the other end.</summary>
    IDnsProvider WithNobodyThere { get; }

    /// <summary>The same adapter, with somebody who watches what it writes.</summary>
    IDnsProvider Watched(WriteWatch watch);

    /// <summary>True when a batch happens as a whole or not at all.</summary>
    bool IsAtomic { get; }

    /// <summary>True when a zone can hold records of types that the provider does not know (rfc3597).</summary>
    bool HasUnknownTypes => true;

    /// <summary>True when every ASCII text can be a TXT value; false where quotes and backslashes are refused.</summary>
    bool WritesEveryText => true;

    /// <summary>False when a set that holds a value of somebody else cannot be written to at all.</summary>
    bool SharesSets => true;

    /// <summary>Adds a record in zone-file form: "name ttl type data".</summary>
    Task SeedAsync(string record);

    /// <summary>Removes a record set.</summary>
    Task RemoveAsync(string name, string type);

    /// <summary>The records of a set in zone-file form ("ttl data"), sorted; adjacent strings of a TXT record joined.</summary>
    Task<string[]> LookAsync(string name, string type);

    /// <summary>A number that changes with every write.</summary>
    Task<string> RevisionAsync();
}
