using System.Collections.Immutable;
using MtaSts.Core.Desired;

namespace MtaSts.Simulation.World;

/// <summary>A recursive resolver: it asks any authoritative server that answers and keeps what it is told, also that there is nothing, for its TTL.</summary>
internal sealed class Resolver(Agenda agenda, Random luck)
{
    private readonly Dictionary<(string Apex, RecordKey Key), (RecordSet Set, DateTimeOffset Until)> _sets = [];
    private readonly Dictionary<string, (ImmutableSortedSet<string> Hosts, long TtlSeconds, DateTimeOffset Until)> _mx = [];

    /// <summary>A record set; null where no server answers.</summary>
    public RecordSet? Ask(Zone zone, RecordKey key)
    {
        if (_sets.TryGetValue((zone.Apex, key), out var known) && known.Until > agenda.Now)
        {
            return known.Set;
        }

        if (SomeServer(zone) is not { } server)
        {
            return null;
        }

        var set = zone.At(server)[key];
        _sets[(zone.Apex, key)] = (set, agenda.Now.AddSeconds(set.Values.IsEmpty ? zone.NegativeTtlSeconds : set.TtlSeconds));
        return set;
    }

    /// <summary>The MX hosts of a domain; null where no server answers.</summary>
    public (ImmutableSortedSet<string> Hosts, long TtlSeconds)? AskMx(Zone zone)
    {
        if (_mx.TryGetValue(zone.Apex, out var known) && known.Until > agenda.Now)
        {
            return (known.Hosts, known.TtlSeconds);
        }

        if (SomeServer(zone) is not { } server)
        {
            return null;
        }

        var contents = zone.At(server);
        _mx[zone.Apex] = (contents.Mx, contents.MxTtlSeconds, agenda.Now.AddSeconds(contents.MxTtlSeconds));
        return (contents.Mx, contents.MxTtlSeconds);
    }

    /// <summary>The MX hosts that it would name without asking.</summary>
    public ImmutableSortedSet<string> CachedMx(Zone zone) => _mx.TryGetValue(zone.Apex, out var known) && known.Until > agenda.Now ? known.Hosts : [];

    private Follower? SomeServer(Zone zone)
    {
        var first = luck.Next(zone.Servers.Length);
        for (var i = 0; i < zone.Servers.Length; i++)
        {
            var server = zone.Servers[(first + i) % zone.Servers.Length];
            if (!server.IsDown)
            {
                return server;
            }
        }

        return null;
    }
}
