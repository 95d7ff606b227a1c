using System.Collections.Immutable;
using DnsClient;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>What authoritative DNS has at a name. An answer that is not definite is a fault, never an absence.</summary>
internal sealed class EndpointDns(EndpointOptions options, DnsProbe probe)
{
    private static readonly QueryType[] OurTypes = [QueryType.TXT, QueryType.A, QueryType.AAAA, QueryType.CNAME];

    // What may stand at the name of a host beside its addresses, and leaves no room for an alias.
    private static readonly QueryType[] TypesAtHosts = [QueryType.TXT, QueryType.MX, QueryType.CAA, QueryType.NS, QueryType.SRV];

    /// <summary>The set itself, from all servers: not what an alias leads to, and not what a wildcard stands in with.</summary>
    /// <param name="zone">The zone of the provider that holds the name; no wildcard above it is looked for.</param>
    /// <param name="key">The set.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<Outcome<RecordSet>> ReadAsync(DnsZone zone, RecordKey key, CancellationToken cancellationToken)
    {
        var type = key.Type switch
        {
            RecordType.A => QueryType.A,
            RecordType.Aaaa => QueryType.AAAA,
            RecordType.Cname => QueryType.CNAME,
            _ => QueryType.TXT,
        };
        var (live, fault) = await AskAsync(key.Name, type, cancellationToken);
        if (live is null)
            return new(null, fault);
        var (wildcard, failed) = await WildcardAsync(zone, key.Name, type, live, cancellationToken);
        if (failed is not null)
            return new(null, failed);

        // A wildcard stands in for a name as a whole: where the two differ in any type, the name is there.
        foreach (var other in wildcard is null ? [] : OurTypes.Where(t => t != type))
        {
            var (own, unknown) = await AskAsync(key.Name, other, cancellationToken);
            if (own is null)
                return new(null, unknown);
            var (wild, unknownToo) = await AskAsync(wildcard!, other, cancellationToken);
            if (wild is null)
                return new(null, unknownToo);
            if (wild.Values.SetEquals(own.Values))
                continue;
            wildcard = null;
            break;
        }

        return new(wildcard is null ? RecordSet.Of(key.Name, key.Type, live.TtlSeconds, live.Values) : RecordSet.Of(key.Name, key.Type, 0), null);
    }

    /// <summary>The types, beside addresses, of the records at a name that leave no room for an alias.</summary>
    /// <param name="zone">The zone of the provider that holds the name.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<Outcome<IReadOnlyList<string>>> OthersAsync(DnsZone zone, string name, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var type in TypesAtHosts)
        {
            var (live, fault) = await AskAsync(name, type, cancellationToken);
            if (live is null)
                return new(null, fault);
            var (wildcard, failed) = await WildcardAsync(zone, name, type, live, cancellationToken);
            if (failed is not null)
                return new(null, failed);
            if (!live.Values.IsEmpty && wildcard is null)
                found.Add(type.ToString());
        }

        return new(found, null);
    }

    // A wildcard's records look as if they were the name's own (rfc4592#3.3): this is the one above that holds the very same, or null.
    private async Task<(string? Name, ProviderFault? Fault)> WildcardAsync(DnsZone zone, string name, QueryType type, Live live, CancellationToken cancellationToken)
    {
        var apex = DnsName.Parse(zone.Name);
        for (var above = DnsName.Parse(name); !live.Values.IsEmpty && above.LabelCount > apex.LabelCount;)
        {
            above = above.Parent;
            var wildcard = $"*.{above}";
            var (wild, fault) = await AskAsync(wildcard, type, cancellationToken);
            if (wild is null)
                return (null, fault);
            if (wild.Values.SetEquals(live.Values))
                return (wildcard, null);
        }

        return (null, null);
    }

    private async Task<Outcome<Live>> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        // Behind an alias is somebody else's set, whatever became of the question for it: the name itself has none.
        ImmutableArray<DnsReply> replies =
        [
            .. (await probe.AskAuthoritativeAsync(name, type, options.AllowedAddresses, cancellationToken))
                .Select(r => r.Aliases.IsEmpty ? r : r with { Status = DnsStatus.NoData, Records = [] }),
        ];
        if (!DnsReplies.IsKnown(replies))
        {
            var failed = DnsReplies.Failed(replies).FirstOrDefault() ?? replies[0];
            return new(null, new ProviderFault(
                Reason.DnsLookupFailed,
                $"what the DNS has at {name} is not known: {failed.Server}: {failed.Status}{(failed.Detail is { } detail ? $", {detail}" : "")}",
                Transient: true));
        }

        DnsReply[] answered = [.. replies.Where(r => !r.Records.IsEmpty)];
        return new(
            new Live(answered.Length == 0 ? 0 : answered.Min(r => r.TtlSeconds), answered.SelectMany(r => r.Records).ToImmutableSortedSet(StringComparer.Ordinal)), null);
    }

    private sealed record Live(long TtlSeconds, ImmutableSortedSet<string> Values);
}
