using MtaSts.Core.Desired;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>The records at some names of a zone, of all types, as they were read.</summary>
internal sealed class ZoneRecords
{
    private const long AutomaticTtlSeconds = 300; // What a TTL of 1 is served as.

    private readonly ILookup<string, DnsEntry> _byName;

    public ZoneRecords(IEnumerable<DnsEntry> entries) =>
        _byName = entries.ToLookup(e => e.Name.TrimEnd('.').ToLowerInvariant());

    /// <summary>The records at a name, of all types.</summary>
    public IEnumerable<DnsEntry> At(string name) => _byName[name];

    /// <summary>The records of a set.</summary>
    public IEnumerable<DnsEntry> Of(RecordKey key) => At(key.Name).Where(e => e.Type == RecordContent.TypeName(key.Type));

    /// <summary>The set, with the least TTL of its records; 1 is Cloudflare's "automatic".</summary>
    public RecordSet Set(RecordKey key)
    {
        var entries = Of(key).ToArray();
        var ttl = entries.Select(e => e.Ttl).DefaultIfEmpty(0).MinBy(t => t == 1 ? AutomaticTtlSeconds : t);
        return RecordSet.Of(key.Name, key.Type, ttl, entries.Select(e => RecordContent.Decode(key.Type, e)));
    }
}
