using System.Collections.Concurrent;
using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Dns.Endpoint;

/// <summary>
/// Writes records as DNSEndpoint objects (externaldns.k8s.io/v1alpha1), which an external-dns in the cluster brings into the DNS. The object is a wish: whether it has
/// come true, and whether the name was free, is what authoritative DNS answers.
/// </summary>
/// <remarks>
/// What is known of external-dns, from its sources and its issues:
/// <list type="bullet">
/// <item>It reads the objects with <c>--source=crd</c>, and TXT only with <c>--managed-record-types=TXT</c> beside the default A, AAAA and CNAME. Certain.</item>
/// <item>Before 0.22 (change 6435, merged in May 2026) its TXT registry did not know its own mark of a TXT record again: such a record was made, and then never
/// changed nor removed, without a word (issue 6718). Certain; that 0.22 is the first release with the change is its release's word, not tried here.</item>
/// <item>It leaves out an endpoint with a CNAME target that ends in a dot. Certain. TXT targets may, since 0.20 (change 5844).</item>
/// <item>TXT targets go to the provider as they are: Route 53 and RFC 2136 want the zone-file form with quotes (issue 4792), DigitalOcean takes bare text. Hence
/// <see cref="EndpointOptions.TxtForm"/>. Certain for these three.</item>
/// <item>A set (name and type) has one owner. Where the DNS has one that is not marked as external-dns's own, it writes nothing and says so in its log alone.</item>
/// </list>
/// So the sets are told apart by who wrote their values:
/// <code>
///   object of ours | the DNS has                    | read as                                | a change of it
///   ---------------+--------------------------------+----------------------------------------+---------------------------------------------
///   there          | nothing, or what we ever wrote | the object: the DNS follows            | written
///   there, or not  | some value that we never wrote | the DNS: external-dns does not share   | refused, RecordNotOwned
///   not there      | nothing                        | nothing                                | written
///   not there      | what we removed just now       | the DNS: the removal is under way      | written; a removal is not done yet
/// </code>
/// What we removed is remembered in memory. After a restart it looks like somebody else's for as long as external-dns takes to remove it.
/// </remarks>
/// <param name="options">Where and how.</param>
/// <param name="writer">The API server.</param>
/// <param name="probe">Asks the name servers.</param>
/// <param name="time">The clock.</param>
public sealed class EndpointProvider(EndpointOptions options, ServerSideApply writer, DnsProbe probe, TimeProvider time) : IDnsProvider
{
    private const long TtlSecondsMax = int.MaxValue; // rfc2181#8
    private const int RemovedMax = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly EndpointStore _store = new(options, writer);
    private readonly EndpointDns _dns = new(options, probe);
    private readonly ConcurrentDictionary<(RecordKey Key, string Value), byte> _removed = new();

    /// <inheritdoc/>
    public Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var zone = DnsName.TryParse(name, out var wanted) ? options.Zones.Select(DnsName.Parse).Where(wanted.IsAtOrBelow).MaxBy(z => z.LabelCount) : null;
        return Task.FromResult<ZoneAnswer>(zone is not null
            ? new ZoneAnswer.Found(new DnsZone(zone.ToString()))
            : new ZoneAnswer.Failed(new ProviderFault(
                Reason.ZoneNotFound, $"{name} is in none of the zones {string.Join(", ", options.Zones)}; add its zone to the provider and to external-dns", Transient: false)));
    }

    /// <inheritdoc/>
    public async Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var all = new List<RecordSet>();
        foreach (var atName in keys.Distinct().GroupBy(k => EndpointObject.RecordNameOf(k.Name), StringComparer.Ordinal))
        {
            var (_, views, fault) = await LookAsync(zone, atName.Key, atName, cancellationToken);
            if (fault is not null)
                return new ReadAnswer.Failed(fault);
            all.AddRange(views!.Values.Select(v => v.Set));
        }

        return new ReadAnswer.Read(CurrentRecords.Of(all));
    }

    /// <inheritdoc/>
    public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Changes.FirstOrDefault(c => !c.Add.IsEmpty && c.TtlSeconds is < 0 or > TtlSecondsMax) is { } odd)
            return Refused($"{odd.Key}: a TTL of {odd.TtlSeconds} is not between 0 and {TtlSecondsMax}");

        var (item, views, fault) = await LookAsync(zone, EndpointObject.RecordNameOf(batch.Name), batch.Changes.Select(c => c.Key), cancellationToken);
        if (fault is not null)
            return new ApplyAnswer.Failed(fault);
        if (batch.Changes.FirstOrDefault(c => !views![c.Key].Set.Values.SetEquals(c.Expected)) is { } changed)
            return new ApplyAnswer.Failed(new ProviderFault(Reason.ProviderConflict, $"{changed.Key} is no longer as it was read", Transient: true));
        if (batch.Changes.FirstOrDefault(c => !views![c.Key].Foreign.IsEmpty) is { } foreign)
            return new ApplyAnswer.Failed(NotOurs(foreign, views![foreign.Key].Foreign));
        if (await BesideCnameAsync(zone, batch, cancellationToken) is { } beside)
            return new ApplyAnswer.Failed(beside);

        var (before, after) = (item!, batch.Changes.Aggregate(item!, (current, change) => current.With(change)));
        if (await _store.WriteAsync(after, cancellationToken) is { } failed)
            return new ApplyAnswer.Failed(failed);
        if (!after.Sets.IsEmpty)
            return new ApplyAnswer.Applied();
        Remember(before);
        return await StillThereAsync(zone, batch, cancellationToken) is { } late ? new ApplyAnswer.Failed(late) : new ApplyAnswer.Applied();
    }

    private static ApplyAnswer.Failed Refused(string problem) => new(new ProviderFault(Reason.ProviderRefused, problem, Transient: false));

    private static ProviderFault NotOurs(RecordChange change, ImmutableSortedSet<string> foreign)
    {
        var what = $"{change.Key} has {string.Join(", ", foreign.Take(3).Select(v => Core.Mail.Excerpt.Of(v)))} in the DNS, which no DNSEndpoint of ours wrote";
        return new(
            Reason.RecordNotOwned,
            change.Result.IsEmpty
                ? $"{what}: external-dns removes it if it wrote it; remove it by hand if it did not"
                : $"{what}. external-dns shares no record set with anybody and takes none over: remove it, or use a provider that writes to the zone itself",
            Transient: false);
    }

    private async Task<(EndpointObject? Item, Dictionary<RecordKey, View>? Views, ProviderFault? Fault)> LookAsync(
        DnsZone zone, string recordName, IEnumerable<RecordKey> keys, CancellationToken cancellationToken)
    {
        var apex = DnsName.Parse(zone.Name);
        if (keys.FirstOrDefault(k => !DnsName.TryParse(k.Name, out var name) || !name.IsAtOrBelow(apex)).Name is { } outside)
            return (null, null, new ProviderFault(Reason.ProviderRefused, $"\"{outside}\" is not a name in zone {zone.Name}, or is too long", Transient: false));
        var (item, fault) = await _store.ReadAsync(recordName, cancellationToken);
        if (item is null)
            return (null, null, fault);

        var views = new Dictionary<RecordKey, View>();
        foreach (var key in keys.Distinct())
        {
            var (live, unknown) = await _dns.ReadAsync(zone, key, cancellationToken);
            if (live is null)
                return (null, null, unknown);
            var foreign = live.Values.Where(v => !item.Wrote(key, v) && !_removed.ContainsKey((key, v))).ToImmutableSortedSet(StringComparer.Ordinal);
            views[key] = new View(item.Version is not null && foreign.IsEmpty ? item[key] : live, foreign);
        }

        return (item, views, null);
    }

    // No server stands behind an object that would refuse it for certain.
    private async Task<ProviderFault?> BesideCnameAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        var cname = new RecordKey(batch.Name, RecordType.Cname);
        if (!batch.Changes.Any(c => c.Key == cname && !c.Add.IsEmpty))
            return null;
        var (others, fault) = await _dns.OthersAsync(zone, batch.Name, cancellationToken);
        if (others is null)
            return fault;
        return others.Count == 0
            ? null
            : new ProviderFault(
                Reason.ProviderRefused,
                $"{batch.Name} holds records of type {string.Join(", ", others)}, and a CNAME stands alone (rfc1034#3.6.2); remove them, or publish addresses",
                Transient: false);
    }

    private void Remember(EndpointObject item)
    {
        if (_removed.Count >= RemovedMax)
            _removed.Clear();
        foreach (var set in item.Sets.Values)
        {
            foreach (var value in set.Values)
                _removed[(set.Key, value)] = 0;
        }
    }

    // Whoever takes a policy down goes on when its records are gone, and the object's end is not yet theirs.
    private async Task<ProviderFault?> StillThereAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        foreach (var change in batch.Changes)
        {
            while (true)
            {
                var (live, unknown) = await _dns.ReadAsync(zone, change.Key, cancellationToken);
                if (live is null)
                    return unknown;
                if (!live.Values.Overlaps(change.Remove))
                    break;
                if (time.GetElapsedTime(began) >= options.Patience)
                    return new ProviderFault(Reason.RecordPropagating, $"{change.Key} is still in the DNS: external-dns has yet to remove it", Transient: true);
                await Task.Delay(Interval, time, cancellationToken);
            }
        }

        return null;
    }

    /// <param name="Set">The set as the planner shall see it.</param>
    /// <param name="Foreign">Values in the DNS that we never wrote.</param>
    private sealed record View(RecordSet Set, ImmutableSortedSet<string> Foreign);
}
