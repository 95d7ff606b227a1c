using System.Collections.Immutable;
using System.Net;
using DnsClient;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>One address of an authoritative server.</summary>
internal sealed record ZoneServer(string Host, IPAddress Address)
{
    public override string ToString() => $"{Host} ({Address})";
}

/// <summary>A zone and who serves it, or why that is not known.</summary>
/// <param name="Name">The zone's name.</param>
/// <param name="Servers">Its servers' addresses: the first of each server before the second of any.</param>
/// <param name="Failure">Null exactly when there are servers.</param>
internal sealed record Zone(string Name, ImmutableArray<ZoneServer> Servers, DnsReply? Failure = null);

/// <summary>
/// Finds the zone that holds a name: upward from the name, the first one with NS records. What is learnt is kept for its TTL, five minutes at
/// most, and shared by all domains.
/// </summary>
internal sealed class ZoneFinder(DnsExchange exchange, ImmutableArray<IPEndPoint> resolvers, TimeProvider time)
{
    private const int EntriesMax = 20_000;
    private static readonly TimeSpan LifeMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AbsenceLife = TimeSpan.FromSeconds(30); // a new zone is seen soon

    private readonly SharedCache<(string Name, QueryType Type), DnsReply> _answers = new(time, EntriesMax);

    /// <summary>The zone of a name.</summary>
    public async Task<Zone> FindAsync(string name, CancellationToken cancellationToken)
    {
        for (var candidate = name; candidate.Length > 0; candidate = Parent(candidate))
        {
            var reply = await AskAsync(candidate, QueryType.NS, cancellationToken);
            if (!reply.IsDefinite)
            {
                return new Zone(candidate, [], reply with { Detail = $"looking for the servers of {candidate}: {reply.Detail ?? "no answer"}" });
            }

            // The NS records behind a CNAME are another zone's.
            if (reply.Status == DnsStatus.Answered && reply.Aliases.IsEmpty)
            {
                return await WithServersAsync(candidate, reply.Records, cancellationToken);
            }
        }

        return new Zone(name, [], new DnsReply("resolver", DnsStatus.NoSuchName, [], [], Detail: $"no zone holds {name}"));
    }

    private async Task<Zone> WithServersAsync(string zone, ImmutableArray<string> hosts, CancellationToken cancellationToken)
    {
        var perHost = await Task.WhenAll(hosts.Order(StringComparer.Ordinal).Select(async host =>
        {
            var v4 = AskAsync(host, QueryType.A, cancellationToken);
            var v6 = AskAsync(host, QueryType.AAAA, cancellationToken);
            return (Host: host, Replies: await Task.WhenAll(v4, v6));
        }));
        var servers = perHost
            .SelectMany(h => h.Replies.SelectMany(r => r.Records).Distinct().Select((a, i) => (Rank: i, Server: new ZoneServer(h.Host, IPAddress.Parse(a)))))
            .OrderBy(s => s.Rank)
            .Select(s => s.Server)
            .ToImmutableArray();
        if (!servers.IsEmpty)
        {
            return new Zone(zone, servers);
        }

        var failed = perHost.SelectMany(h => h.Replies).FirstOrDefault(r => !r.IsDefinite);
        return new Zone(zone, [], new DnsReply(
            failed?.Server ?? string.Join(", ", hosts), failed?.Status ?? DnsStatus.Unreachable, [], [], Detail: $"no address of a server of {zone} is known"));
    }

    private Task<DnsReply> AskAsync(string name, QueryType type, CancellationToken cancellationToken) =>
        _answers.GetAsync((name, type), LifeOf, () => AskResolversInTurnAsync(name, type), cancellationToken);

    // The work is shared, so no caller's cancellation ends it; each question has its deadline.
    private async Task<DnsReply> AskResolversInTurnAsync(string name, QueryType type)
    {
        var reply = new DnsReply("resolver", DnsStatus.Unreachable, [], [], Detail: "no resolver is configured");
        foreach (var resolver in resolvers)
        {
            reply = await exchange.AskAsync(SystemResolvers.Name(resolver), resolver, name, type, recursive: true, CancellationToken.None);
            if (reply.IsDefinite)
            {
                break;
            }
        }

        return reply;
    }

    private static TimeSpan LifeOf(DnsReply reply) => reply.Status switch
    {
        DnsStatus.Answered => TimeSpan.FromSeconds(Math.Min(reply.TtlSeconds, LifeMax.TotalSeconds)),
        DnsStatus.NoData or DnsStatus.NoSuchName => AbsenceLife,
        _ => TimeSpan.Zero,
    };

    private static string Parent(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? "" : name[(dot + 1)..];
    }
}
