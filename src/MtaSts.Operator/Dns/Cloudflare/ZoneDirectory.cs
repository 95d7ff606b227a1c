using System.Collections.Concurrent;
using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>
/// The zones of a credential, remembered for some minutes. An account's zones are listed as a whole; one with very many is asked for
/// each zone by name instead.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ZoneDirectory(TimeProvider time)
{
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(5);
    private const int ListedPagesMax = 40; // 2,000 zones.
    private const int NamesMax = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Remembered> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Zone, string Domain), long> _crowded = new();
    private Task<Outcome<Listing>>? _listing;
    private long _listedAt;

    /// <summary>The longest zone that holds a name, among the given ones or (none given) among all that the token sees; null with a fault: none.</summary>
    public async Task<Outcome<ZoneEntry>> FindAsync(
        CloudflareApi api, DnsName name, ImmutableArray<string> among, CancellationToken cancellationToken)
    {
        if (!among.IsEmpty)
        {
            var zone = among.Select(DnsName.Parse).Where(name.IsAtOrBelow).MaxBy(z => z.LabelCount);
            return zone is null
                ? new(null, CloudflareFaults.NoZone($"{name} is in none of the zones {string.Join(", ", among)}; add its zone to the provider"))
                : await ByNameAsync(api, zone, cancellationToken);
        }

        var listing = await ListingAsync(api).WaitAsync(cancellationToken);
        if (listing.Value is not { } all)
            return new(null, listing.Fault);
        for (var candidate = name; !candidate.IsRoot; candidate = candidate.Parent)
        {
            // A top-level domain is nobody's zone; where all zones are known, no request is spent on guesses.
            if (all.IsWhole && !all.Zones.ContainsKey(candidate.ToString()))
                continue;
            var found = all.IsWhole ? OneOf(all.Zones[candidate.ToString()], candidate.ToString()) : await ByNameAsync(api, candidate, cancellationToken);
            if (found.Fault?.Reason != Reason.ZoneNotFound)
                return found;
        }

        return new(null, CloudflareFaults.NoZone($"the API token sees no zone that holds {name}; add the zone, or give the token the right Zone: Read on it"));
    }

    /// <summary>A zone by its own name.</summary>
    public async Task<Outcome<ZoneEntry>> ByNameAsync(CloudflareApi api, DnsName name, CancellationToken cancellationToken)
    {
        var text = name.ToString();
        lock (_gate)
        {
            if (_listing is { IsCompletedSuccessfully: true, Result.Value: { IsWhole: true } listing } && IsFresh(_listedAt))
                return OneOf(listing.Zones.GetValueOrDefault(text, []), text);
            if (_byName.TryGetValue(text, out var known) && IsFresh(known.At))
                return OneOf(known.Zones, text);
        }

        var answer = await api.FindZonesAsync(text, cancellationToken);
        if (answer.Value is not { } page)
            return new(null, answer.Fault);
        ImmutableArray<ZoneEntry> zones = [.. page.Items.Where(z => string.Equals(z.Name, text, StringComparison.OrdinalIgnoreCase))];
        lock (_gate)
        {
            if (_byName.Count >= NamesMax)
                _byName.Clear();
            _byName[text] = new Remembered(zones, time.GetTimestamp());
        }

        return OneOf(zones, text);
    }

    /// <summary>True when a domain of a zone had too many records to read at once, a short while ago.</summary>
    public bool IsCrowded(ZoneEntry zone, string domain) => _crowded.TryGetValue((zone.Id, domain), out var at) && IsFresh(at);

    /// <summary>Remembers that.</summary>
    public void MarkCrowded(ZoneEntry zone, string domain)
    {
        if (_crowded.Count >= NamesMax)
            _crowded.Clear();
        _crowded[(zone.Id, domain)] = time.GetTimestamp();
    }

    /// <summary>Forgets all, since the provider no longer knows what was remembered.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _byName.Clear();
            _listing = null;
        }
    }

    // Several accounts may have added a zone; the one that the world asks is active.
    private static Outcome<ZoneEntry> OneOf(ImmutableArray<ZoneEntry> zones, string name)
    {
        ImmutableArray<ZoneEntry> active = [.. zones.Where(z => z.Status == "active")];
        var left = active.IsEmpty ? zones : active;
        return left.Length switch
        {
            1 => new(left[0], null),
            0 => new(null, CloudflareFaults.NoZone($"the API token sees no zone {name}; add the zone, or give the token the right Zone: Read on it")),
            _ => new(null, CloudflareFaults.Refused($"the API token sees {left.Length} zones {name}; give it rights in one account alone")),
        };
    }

    // One listing for all who wait for it, whoever of them gives up.
    private Task<Outcome<Listing>> ListingAsync(CloudflareApi api)
    {
        lock (_gate)
        {
            var isUsable = _listing is { } task && (!task.IsCompleted || (task is { IsCompletedSuccessfully: true, Result.Value: not null } && IsFresh(_listedAt)));
            if (!isUsable)
                (_listing, _listedAt) = (Task.Run(() => ListAsync(api)), time.GetTimestamp());
            return _listing!;
        }
    }

    private static async Task<Outcome<Listing>> ListAsync(CloudflareApi api)
    {
        var zones = new List<ZoneEntry>();
        for (var page = 1; ; page++)
        {
            var answer = await api.ListZonesAsync(page, CancellationToken.None);
            if (answer.Value is not { } read)
                return new(null, answer.Fault);
            if (read.TotalPages > ListedPagesMax)
                return new(new Listing(false, ImmutableDictionary<string, ImmutableArray<ZoneEntry>>.Empty), null);
            zones.AddRange(read.Items);
            if (page >= read.TotalPages)
                break;
        }

        var byName = zones.GroupBy(z => z.Name.ToLowerInvariant()).ToImmutableDictionary(g => g.Key, g => g.ToImmutableArray());
        return new(new Listing(true, byName), null);
    }

    private bool IsFresh(long at) => time.GetElapsedTime(at) < RememberedFor;

    private sealed record Listing(bool IsWhole, ImmutableDictionary<string, ImmutableArray<ZoneEntry>> Zones);

    private sealed record Remembered(ImmutableArray<ZoneEntry> Zones, long At);
}
