using System.Text.Json.Nodes;
using k8s;
using MtaSts.TestBed.Players;

namespace MtaSts.TestBed.ExternalDns;

/// <summary>
/// Plays external-dns with the CRD source and TXT among its record types: brings the DNSEndpoints of a namespace into zones by dynamic update. A set (name and type)
/// that is there and was not made by it is left alone, with no more than a line in its log. Its registry is in memory.
/// </summary>
public sealed class ExternalDnsPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250); // the real one's is a minute, or it watches

    private readonly IKubernetes _client;
    private readonly string _namespace;
    private readonly IReadOnlyList<UpdatedZone> _zones;
    private readonly PlayerLoop _loop;
    private readonly string _logFile;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<(string Name, string Type)> _owned = [];

    private ExternalDnsPlayer(IKubernetes client, string space, IReadOnlyList<UpdatedZone> zones, string logFile)
    {
        (_client, _namespace, _zones, _logFile) = (client, space, zones, logFile);
        _loop = new PlayerLoop(logFile);
    }

    /// <summary>The end of its log.</summary>
    public string LogTail => Processes.Logs.Tail(_logFile);

    /// <summary>Starts to play.</summary>
    /// <param name="client">The API server, which has the CRD.</param>
    /// <param name="space">The namespace of the objects.</param>
    /// <param name="zones">What it may write to.</param>
    /// <param name="folder">For its log.</param>
    public static ExternalDnsPlayer Start(IKubernetes client, string space, IReadOnlyList<UpdatedZone> zones, string folder)
    {
        var player = new ExternalDnsPlayer(client, space, zones, Path.Combine(folder, "external-dns.log"));
        player._loop.Start(player.PassAsync, Interval);
        return player;
    }

    /// <summary>One pass now: when it returns, all that could be done about the objects of this moment is done.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var wanted = await WantedAsync(cancellationToken);
            foreach (var zone in _zones)
                await PassAsync(zone, [.. wanted.Where(w => ZoneOf(w.Key.Name) == zone)], cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _turn.Dispose();
    }

    private async Task PassAsync(UpdatedZone zone, IReadOnlyList<KeyValuePair<(string Name, string Type), Wanted>> wanted, CancellationToken cancellationToken)
    {
        var mine = _owned.Where(o => ZoneOf(o.Name) == zone).ToList();
        if (wanted.Count == 0 && mine.Count == 0)
            return;
        var live = (await zone.ReadAsync(cancellationToken)).ToLookup(line => (line.Name, line.Type));
        var gone = mine.Where(o => wanted.All(w => w.Key != o)).ToList();
        var commands = gone.Select(o => $"delete {o.Name}. {o.Type}").ToList();
        var made = new List<(string, string)>();
        foreach (var (key, set) in wanted)
        {
            ZoneLine[] lines = [.. set.Targets.Select(target => ZoneLine.Of(key.Name, key.Type, set.Ttl, target))];
            if (live[key].ToHashSet().SetEquals(lines))
            {
                if (!_owned.Contains(key))
                    _loop.Log($"{key} is there as wanted, and not mine");
                continue;
            }

            if (live[key].Any() && !_owned.Contains(key))
            {
                _loop.Log($"{key} is not mine: left alone");
                continue;
            }

            commands.Add($"delete {key.Name}. {key.Type}");
            commands.AddRange(set.Targets.Select(target => $"add {key.Name}. {set.Ttl} {key.Type} {target}"));
            made.Add(key);
        }

        if (commands.Count == 0)
            return;
        _loop.Log(string.Join("; ", commands));
        await zone.UpdateAsync(commands, cancellationToken);
        _owned.ExceptWith(gone);
        _owned.UnionWith(made);
    }

    private async Task<Dictionary<(string Name, string Type), Wanted>> WantedAsync(CancellationToken cancellationToken)
    {
        var list = await _client.CustomObjects.ListNamespacedCustomObjectAsync(
            DnsEndpointCrd.Group, DnsEndpointCrd.Version, _namespace, DnsEndpointCrd.Plural, cancellationToken: cancellationToken);
        var wanted = new Dictionary<(string, string), Wanted>();
        foreach (var endpoint in JsonNode.Parse(KubernetesJson.Serialize(list))!["items"]!.AsArray().SelectMany(item => item!["spec"]?["endpoints"]?.AsArray() ?? []))
        {
            var (name, type) = ((string)endpoint!["dnsName"]!, (string)endpoint["recordType"]!);
            string[] targets = [.. endpoint["targets"]!.AsArray().Select(t => (string)t!)];
            if (type == "CNAME" && targets.Any(t => t.EndsWith('.')))
                _loop.Log($"{name} {type}: a target ends in a dot: left out");
            else if (!wanted.TryAdd((name, type), new Wanted((long?)endpoint["recordTTL"] ?? 300, [.. targets.Select(t => type == "CNAME" ? t + "." : t)])))
                _loop.Log($"{name} {type} is wanted twice: the first counts");
        }

        return wanted;
    }

    private UpdatedZone? ZoneOf(string name) =>
        _zones.Where(z => name == z.Zone || name.EndsWith("." + z.Zone, StringComparison.Ordinal)).MaxBy(z => z.Zone.Length);

    private sealed record Wanted(long Ttl, IReadOnlyList<string> Targets);
}
