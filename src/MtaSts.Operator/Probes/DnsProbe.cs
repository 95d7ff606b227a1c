using System.Collections.Immutable;
using System.Net;
using DnsClient;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>Asks the configured resolvers, and each authoritative server of a zone.</summary>
public sealed class DnsProbe : IDisposable
{
    private const int ServersMax = 8;

    private readonly ProbeOptions _options;
    private readonly DnsExchange _exchange;
    private readonly ZoneFinder _zones;
    private readonly ImmutableArray<IPEndPoint> _resolvers;

    /// <summary>A probe that asks as the options say.</summary>
    public DnsProbe(ProbeOptions options, TimeProvider time)
    {
        _options = options;
        _exchange = new DnsExchange(options);
        _resolvers = options.Resolvers.IsDefaultOrEmpty ? SystemResolvers.Read() : options.Resolvers;
        _zones = new ZoneFinder(_exchange, _resolvers, time);
    }

    /// <summary>The name from everywhere: authoritative servers and resolvers.</summary>
    public async Task<DnsView> AskAsync(string name, QueryType type, ImmutableArray<IPNetwork> allowed, CancellationToken cancellationToken)
    {
        var authoritative = AskAuthoritativeAsync(name, type, allowed, cancellationToken);
        var resolvers = AskResolversAsync(name, type, cancellationToken);
        await Task.WhenAll(authoritative, resolvers);
        return new DnsView(name, await authoritative, await resolvers);
    }

    /// <summary>A reply of each resolver.</summary>
    public async Task<ImmutableArray<DnsReply>> AskResolversAsync(string name, QueryType type, CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(_resolvers.Select(r => _exchange.AskAsync(SystemResolvers.Name(r), r, name, type, recursive: true, cancellationToken)))];

    /// <summary>
    /// A reply of each address of each authoritative server of the name's zone (at most 8). Where a CNAME leads to another zone, the replies of
    /// that zone's servers stand for it. Never empty: where the servers are not to be found, one reply says so.
    /// </summary>
    public Task<ImmutableArray<DnsReply>> AskAuthoritativeAsync(
        string name, QueryType type, ImmutableArray<IPNetwork> allowed, CancellationToken cancellationToken) =>
        AskAuthoritativeAsync(name, type, allowed, [], cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _exchange.Dispose();

    private async Task<ImmutableArray<DnsReply>> AskAuthoritativeAsync(
        string name, QueryType type, ImmutableArray<IPNetwork> allowed, ImmutableArray<string> path, CancellationToken cancellationToken)
    {
        var zone = await _zones.FindAsync(name, cancellationToken);
        if (zone.Failure is { } failure)
        {
            return [failure with { Aliases = path }];
        }

        var replies = await Task.WhenAll(zone.Servers.Take(ServersMax).Select(s => AskOneAsync(s, name, type, allowed, cancellationToken)));

        // A server follows a CNAME only within its own zones; what it says of a name beyond them counts for nothing.
        var beyond = replies.Where(r => r.IsDefinite && r.Status != DnsStatus.Answered && !r.Aliases.IsEmpty && !IsWithin(r.Aliases[^1], zone.Name)).ToList();
        var result = replies.Except(beyond).Select(r => r with { Aliases = [.. path, .. r.Aliases] }).ToList();
        foreach (var reply in beyond.DistinctBy(r => r.Aliases[^1]))
        {
            ImmutableArray<string> longer = [.. path, .. reply.Aliases];
            if (longer.Length > DnsAnswer.AliasesMax || longer.Distinct().Count() < longer.Length)
            {
                result.Add(new DnsReply(reply.Server, DnsStatus.Malformed, [], longer, Detail: $"CNAME loop or more than {DnsAnswer.AliasesMax} CNAMEs"));
            }
            else
            {
                result.AddRange(await AskAuthoritativeAsync(longer[^1], type, allowed, longer, cancellationToken));
            }
        }

        return [.. result];
    }

    private Task<DnsReply> AskOneAsync(ZoneServer server, string name, QueryType type, ImmutableArray<IPNetwork> allowed, CancellationToken cancellationToken)
    {
        // A tenant's zone says where its servers are, so these addresses are a tenant's choice.
        return AddressGuard.Allows(server.Address, allowed)
            ? _exchange.AskAsync(server.ToString(), new IPEndPoint(server.Address, _options.DnsPort), name, type, recursive: false, cancellationToken)
            : Task.FromResult(new DnsReply(
                server.ToString(), DnsStatus.Unreachable, [], [], Detail: "its address is private or special and the class does not allow it"));
    }

    private static bool IsWithin(string name, string zone) => name == zone || name.EndsWith("." + zone, StringComparison.Ordinal);
}
