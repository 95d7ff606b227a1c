using System.Collections.Frozen;

namespace MtaSts.PolicyServer.Policies;

/// <summary>
/// Every policy of one moment, immutable. All documents lie end to end in one array, so that 10,000 of them are one
/// object for the collector, and a look-up allocates nothing.
/// </summary>
internal sealed class PolicyTable
{
    public static readonly PolicyTable Empty = new([], []);

    private readonly byte[] _documents;
    private readonly FrozenDictionary<string, Slice>.AlternateLookup<ReadOnlySpan<char>> _byDomain;

    /// <param name="documents">All documents end to end.</param>
    /// <param name="slices">The mail domain, lower case, and where its document lies.</param>
    public PolicyTable(byte[] documents, IReadOnlyCollection<KeyValuePair<string, Slice>> slices)
    {
        _documents = documents;
        _byDomain = slices.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Number of policies.</summary>
    public int Count => _byDomain.Dictionary.Count;

    /// <summary>Bytes of all documents.</summary>
    public int Bytes => _documents.Length;

    /// <summary>The document for a Host field: any case, with or without a port, with or without the root's dot.</summary>
    public bool TryFind(ReadOnlySpan<char> host, out ReadOnlyMemory<byte> document, out string tag)
    {
        int colon = host.LastIndexOf(':'); // an IPv6 literal loses its tail here; it names no policy either way
        if (colon >= 0)
            host = host[..colon];
        if (host.EndsWith('.'))
            host = host[..^1];

        if (host.StartsWith(DomainName.HostPrefix, StringComparison.OrdinalIgnoreCase)
            && _byDomain.TryGetValue(host[DomainName.HostPrefix.Length..], out Slice slice))
        {
            document = _documents.AsMemory(slice.Start, slice.Length);
            tag = slice.Tag;
            return true;
        }

        document = default;
        tag = "";
        return false;
    }

    /// <summary>Where a document lies, and its entity tag.</summary>
    internal readonly record struct Slice(int Start, int Length, string Tag);
}
