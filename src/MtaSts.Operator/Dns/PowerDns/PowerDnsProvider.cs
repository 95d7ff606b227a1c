using System.Collections.Concurrent;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>
/// Writes records through the HTTP API of PowerDNS. A batch is one PATCH, so all of it happens or nothing. The API replaces whole sets and
/// knows no condition: each set is read again right before, and a writer who comes between that look and the PATCH loses what it wrote.
/// </summary>
/// <param name="options">Where and how.</param>
/// <param name="client">Follows no redirect.</param>
/// <param name="time">The clock of the deadlines.</param>
/// <param name="logger">Where lost answers are said.</param>
public sealed class PowerDnsProvider(PowerDnsOptions options, HttpClient client, TimeProvider time, ILogger<PowerDnsProvider> logger) : IDnsProvider
{
    private readonly PowerDnsApi _api = new(options, client, time);
    private readonly ConcurrentDictionary<string, PowerDnsZone> _zones = new(StringComparer.Ordinal); // No more than the server has.

    /// <inheritdoc/>
    public RequestHeadroom? Headroom => options.Budget?.Left;

    /// <inheritdoc/>
    public async Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(name, out var wanted))
            return Failed($"\"{name}\" is not a DNS name");

        // One name after the other: a server may have very many zones, and the list of them all has no pages.
        DnsName[] allowed = [.. options.Zones.Select(DnsName.Parse)];
        for (var at = wanted; !at.IsRoot && (allowed.Length == 0 || allowed.Any(at.IsAtOrBelow)); at = at.Parent)
        {
            var found = await _api.FindZoneAsync(at, cancellationToken);
            if (found.Value is not { } zone)
                return new ZoneAnswer.Failed(found.Fault!);
            if (zone.Id is null)
                continue;
            if (allowed.Length > 0 && !allowed.Any(at.Equals))
                return Failed($"{name} is in zone {at} of {options.Server}, which is not among the provider's zones; add that zone");
            if (zone.Kind is "Slave" or "Secondary" or "Consumer")
                return Failed($"{options.Server} has zone {at} as a copy ({zone.Kind}); name the primary server");
            _zones[at.ToString()] = zone;
            return new ZoneAnswer.Found(new DnsZone(at.ToString()));
        }

        return Failed(allowed.Length == 0
            ? $"{options.Server} has no zone for {name}"
            : $"{name} is in none of the zones {string.Join(", ", options.Zones)} of {options.Server}; add its zone to the provider and to the server");
    }

    /// <inheritdoc/>
    public async Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var read = await ReadSetsAsync(zone, keys, cancellationToken);
        return read.Value is { } sets ? new ReadAnswer.Read(CurrentRecords.Of(sets)) : new ReadAnswer.Failed(read.Fault!);
    }

    /// <inheritdoc/>
    public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        RecordKey[] keys = [.. batch.Changes.Select(c => c.Key)];
        var names = Names(zone, keys);
        var id = await ZoneAsync(zone, cancellationToken);
        if ((names.Fault ?? id.Fault) is { } early)
            return new ApplyAnswer.Failed(early);

        var whole = await _api.ReadWholeAsync(id.Value!, names.Value!.Values, cancellationToken);
        if (whole.Value is not { } sets)
            return new ApplyAnswer.Failed(whole.Fault!);
        foreach (var change in batch.Changes)
        {
            var set = Decode(change.Key, Find(sets, names.Value[change.Key.Name], change.Key));
            if (set.Fault is not null)
                return new ApplyAnswer.Failed(set.Fault);
            if (!set.Value!.Values.SetEquals(change.Expected))
                return new ApplyAnswer.Failed(PowerDnsFaults.Conflict(change.Key));
        }

        var build = PowerDnsPatchBuilder.Build(batch, key => Find(sets, names.Value[key.Name], key));
        if (build.Value is not { } patch)
            return new ApplyAnswer.Failed(build.Fault!);
        var (fault, isLost) = await _api.PatchAsync(id.Value!, patch, cancellationToken);
        if (fault is null)
            return new ApplyAnswer.Applied();
        return isLost ? await SettleAsync(zone, batch, fault, cancellationToken) : new ApplyAnswer.Failed(fault);
    }

    private static ZoneAnswer.Failed Failed(string message) => new(new ProviderFault(Reason.ZoneNotFound, message, Transient: false));

    private static PowerDnsSet? Find(IEnumerable<PowerDnsSet> sets, DnsName name, RecordKey key) => sets.FirstOrDefault(s =>
        string.Equals(s.Type, PresentationForm.Name(key.Type), StringComparison.OrdinalIgnoreCase)
        && s.Records is { Count: > 0 } && PowerDnsApi.IsNamed(s.Name, name));

    private static Outcome<Dictionary<string, DnsName>> Names(DnsZone zone, IEnumerable<RecordKey> keys)
    {
        var apex = DnsName.Parse(zone.Name);
        var names = new Dictionary<string, DnsName>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (!DnsName.TryParse(key.Name, out var name) || !name.IsAtOrBelow(apex))
                return new(null, new ProviderFault(Reason.ProviderRefused, $"\"{key.Name}\" is not a name in zone {zone.Name}, or is too long", Transient: false));
            names[key.Name] = name;
        }

        return new(names, null);
    }

    private static bool IsDone(RecordChange change, RecordSet set) =>
        set.Values.SetEquals(change.Result) && (change.Add.IsEmpty || set.TtlSeconds == change.TtlSeconds);

    // What is served: disabled records are not part of the set.
    private Outcome<RecordSet> Decode(RecordKey key, PowerDnsSet? set)
    {
        string?[] values = [.. (set?.Records ?? []).Where(r => !r.Disabled).Select(r => PresentationForm.Decode(key.Type, r.Content))];
        return values.Contains(null)
            ? new(null, _api.Http.Refused($"has a malformed {PresentationForm.Name(key.Type)} record at {key.Name}"))
            : new(RecordSet.Of(key.Name, key.Type, values.Length == 0 ? 0 : set!.Ttl, values!), null);
    }

    private async Task<Outcome<List<RecordSet>>> ReadSetsAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var names = Names(zone, keys);
        var id = await ZoneAsync(zone, cancellationToken);
        if ((names.Fault ?? id.Fault) is { } early)
            return new(null, early);

        var all = new List<RecordSet>();
        foreach (var atName in keys.Distinct().GroupBy(k => k.Name, StringComparer.Ordinal))
        {
            var name = names.Value![atName.Key];
            var read = await _api.ReadNameAsync(id.Value!, name, cancellationToken);
            if (read.Value is not { } sets)
                return new(null, read.Fault);
            foreach (var key in atName)
            {
                var set = Decode(key, Find(sets, name, key));
                if (set.Fault is not null)
                    return new(null, set.Fault);
                all.Add(set.Value!);
            }
        }

        return new(all, null);
    }

    // The id is the server's to choose, and does not change while the zone is there.
    private async Task<Outcome<PowerDnsZone>> ZoneAsync(DnsZone zone, CancellationToken cancellationToken)
    {
        if (_zones.TryGetValue(zone.Name, out var known))
            return new(known, null);
        var found = await _api.FindZoneAsync(DnsName.Parse(zone.Name), cancellationToken);
        if (found.Value is { Id: null })
            return new(null, PowerDnsFaults.NoZone(_api.Http, zone.Name));
        return found.Value is { } there ? new(_zones[zone.Name] = there, null) : found;
    }

    // The PATCH went out and no answer came back: only a look tells whether it was done.
    private async Task<ApplyAnswer> SettleAsync(DnsZone zone, RecordBatch batch, ProviderFault fault, CancellationToken cancellationToken)
    {
        var read = await ReadSetsAsync(zone, [.. batch.Changes.Select(c => c.Key)], cancellationToken);
        var isDone = read.Value is { } sets && batch.Changes.All(c => IsDone(c, sets.Single(s => s.Key == c.Key)));
        DnsLog.AnswerLost(logger, options.Server, batch.Name, isDone ? "done" : "not done or not known");
        return isDone ? new ApplyAnswer.Applied() : new ApplyAnswer.Failed(fault);
    }
}
