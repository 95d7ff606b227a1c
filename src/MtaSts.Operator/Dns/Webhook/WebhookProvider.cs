using System.Collections.Concurrent;
using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Webhook;

/// <summary>
/// Writes records through a webhook of external-dns' protocol, and so through every provider that ships one. The protocol has neither zones
/// nor conditions nor a promise that a write happens as a whole: the longest domain of the filter stands for the zone, each set is read again
/// right before, and the changes of a batch are written one after the other. One instance serves all domains of a webhook, since a read
/// is always of everything.
/// </summary>
public sealed class WebhookProvider : IDnsProvider
{
    private const int RememberedMax = 100_000;

    private readonly WebhookOptions _options;
    private readonly ILogger<WebhookProvider> _logger;
    private readonly WebhookApi _api;
    private readonly SharedAnswer<WebhookDomainFilter> _filter;
    private readonly SharedAnswer<WebhookRecords> _records;

    // A webhook may tell no TTLs, or raise those that it is given. What we wanted is remembered, so that it is not wanted again at each look.
    private readonly ConcurrentDictionary<RecordKey, (long Wanted, long Given)> _ttls = new();

    // The plan of a batch looks at more sets than it changes (marks, aliases), and may have seen them in a read that is some seconds old.
    private readonly ConcurrentDictionary<RecordKey, RecordSet> _seen = new();

    /// <summary>A client; nothing is sent yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="client">Follows no redirect.</param>
    /// <param name="time">The clock of the deadlines and of the shared reads.</param>
    /// <param name="logger">Where lost answers are said.</param>
    public WebhookProvider(WebhookOptions options, HttpClient client, TimeProvider time, ILogger<WebhookProvider> logger)
    {
        (_options, _logger) = (options, logger);
        _api = new WebhookApi(options, client, time);
        _filter = new(time, options.CacheLifetime, () => _api.FilterAsync(CancellationToken.None));
        _records = new(time, options.CacheLifetime, () => _api.RecordsAsync(CancellationToken.None));
    }

    /// <inheritdoc/>
    public RequestHeadroom? Headroom => _options.Budget?.Left;

    /// <inheritdoc/>
    public async Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(name, out var wanted))
            return Failed($"\"{name}\" is not a DNS name");
        DnsName[] allowed = [.. _options.Zones.Select(DnsName.Parse)];
        if (allowed.Length > 0 && !allowed.Any(wanted.IsAtOrBelow))
            return Failed($"{name} is in none of the zones {string.Join(", ", _options.Zones)}; add its zone to the provider");

        var filter = await _filter.GetAsync(cancellationToken);
        if (filter.Value is not { } domains)
            return new ZoneAnswer.Failed(filter.Fault!);
        if (!domains.Passes(wanted))
            return Failed($"{name} does not pass the domain filter of {_options.Server}");
        var zone = domains.Zones.Concat(allowed).Where(wanted.IsAtOrBelow).MaxBy(z => z.LabelCount);
        return zone is not null
            ? new ZoneAnswer.Found(new DnsZone(zone.ToString()))
            : Failed($"the domain filter of {_options.Server} names no domain that could be the zone of {name}; name zones in the provider");
    }

    /// <inheritdoc/>
    public async Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        if (Outside(zone, keys) is { } outside)
            return new ReadAnswer.Failed(outside);
        var all = await _records.GetAsync(cancellationToken);
        if (all.Value is not { } records)
            return new ReadAnswer.Failed(all.Fault!);
        var sets = keys.Distinct().Select(k => Decode(k, records.Of(k))).ToArray();
        if (sets.FirstOrDefault(s => s.Fault is not null).Fault is { } fault)
            return new ReadAnswer.Failed(fault);
        if (_seen.Count >= RememberedMax)
            _seen.Clear();
        foreach (var set in sets)
            _seen[set.Value!.Key] = set.Value;
        return new ReadAnswer.Read(CurrentRecords.Of(sets.Select(s => s.Value!)));
    }

    /// <inheritdoc/>
    public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        if (Outside(zone, batch.Changes.Select(c => c.Key)) is { } outside)
            return new ApplyAnswer.Failed(outside);
        var all = await _records.GetNewAsync(cancellationToken);
        if (all.Value is not { } records)
            return new ApplyAnswer.Failed(all.Fault!);
        var (plans, fault) = await PlanAsync(batch, records, cancellationToken);
        if (fault is not null)
            return new ApplyAnswer.Failed(fault);

        // In the order of the batch, one by one: a webhook that does half of a write has still set no record before its owner's mark.
        foreach (var plan in plans)
        {
            if (plan.ToChanges() is { } changes && await WriteAsync(plan, changes, cancellationToken) is { } failed)
                return new ApplyAnswer.Failed(failed);
        }

        return new ApplyAnswer.Applied();
    }

    private static ZoneAnswer.Failed Failed(string message) => new(new ProviderFault(Reason.ZoneNotFound, message, Transient: false));

    private static ProviderFault Conflict(RecordKey key) => new(Reason.ProviderConflict, $"{key} is no longer as it was read", Transient: true);

    private static ProviderFault? Outside(DnsZone zone, IEnumerable<RecordKey> keys)
    {
        var apex = DnsName.Parse(zone.Name);
        return keys.FirstOrDefault(k => !DnsName.TryParse(k.Name, out var name) || !name.IsAtOrBelow(apex)).Name is { } other
            ? new ProviderFault(Reason.ProviderRefused, $"\"{other}\" is not a name in {zone.Name}, or is too long", Transient: false)
            : null;
    }

    // No server stands behind this protocol that would refuse it for certain.
    private static ProviderFault? OthersBesideCname(RecordBatch batch, WebhookRecords records)
    {
        if (!batch.Changes.Any(c => c.Key == new RecordKey(batch.Name, RecordType.Cname) && !c.Add.IsEmpty))
            return null;
        var leaving = batch.Changes.Where(c => c.Key.Name == batch.Name && c.Result.IsEmpty).Select(c => PresentationForm.Name(c.Key.Type));
        string[] staying = [.. records.Types(batch.Name).Except(leaving).Except(["CNAME"]).Order(StringComparer.Ordinal)];
        return staying.Length == 0 ? null : new ProviderFault(
            Reason.ProviderRefused,
            $"{batch.Name} holds records of type {string.Join(", ", staying)}, and a CNAME stands alone (rfc1034#3.6.2); remove them, or publish addresses",
            Transient: false);
    }

    private Outcome<RecordSet> Decode(RecordKey key, ImmutableArray<WebhookEndpoint> endpoints)
    {
        string?[] values = [.. endpoints.SelectMany(e => WebhookPlan.Values(key.Type, e))];
        if (values.Contains(null))
            return new(null, _api.Http.Refused($"has a malformed {PresentationForm.Name(key.Type)} record at {key.Name}"));
        var ttl = values.Length == 0 ? 0 : endpoints.Min(e => e.RecordTtl);
        var isAsGiven = _ttls.TryGetValue(key, out var remembered) && (ttl == 0 || ttl == remembered.Given);
        return new(RecordSet.Of(key.Name, key.Type, values.Length > 0 && isAsGiven ? remembered.Wanted : ttl, values!), null);
    }

    private async Task<(ImmutableArray<WebhookPlan> Plans, ProviderFault? Fault)> PlanAsync(
        RecordBatch batch, WebhookRecords records, CancellationToken cancellationToken)
    {
        var form = _options.TxtForm != WebhookTxtForm.Auto ? _options.TxtForm
            : records is { HasPlainTxt: true, HasQuotedTxt: false } ? WebhookTxtForm.Plain
            : WebhookTxtForm.Quoted; // As external-dns writes the marks of its own.
        var plans = ImmutableArray.CreateBuilder<WebhookPlan>();
        foreach (var change in batch.Changes)
        {
            var now = Decode(change.Key, records.Of(change.Key));
            if (now.Value is not { } set)
                return ([], now.Fault);
            if (!set.Values.SetEquals(change.Expected))
                return ([], Conflict(change.Key));
            var plan = WebhookPlan.Make(change, records.Of(change.Key), form);
            if (plan.Value is null)
                return ([], plan.Fault);
            plans.Add(plan.Value);
        }

        if ((ChangedSince(batch, records) ?? OthersBesideCname(batch, records)) is { } beside)
            return ([], beside);
        WebhookEndpoint[] wanted = [.. plans.SelectMany(p => p.Wanted)];
        if (wanted.Length == 0)
            return (plans.ToImmutable(), null);
        var adjusted = await _api.AdjustAsync(wanted, cancellationToken);
        if (adjusted.Value is not { } made)
            return ([], adjusted.Fault);
        for (var i = 0; i < plans.Count; i++)
        {
            var plan = plans[i].Adjusted(made);
            if (plan.Value is null)
                return ([], plan.Fault);
            Remember(plan.Value);
            plans[i] = plan.Value;
        }

        return (plans.ToImmutable(), null);
    }

    // Sets at the name that were read for this plan and have changed since.
    private ProviderFault? ChangedSince(RecordBatch batch, WebhookRecords records)
    {
        ProviderFault? fault = null;
        var beside = Enum.GetValues<RecordType>().Select(t => new RecordKey(batch.Name, t)).Append(OwnerRecord.KeyFor(batch.Name));
        foreach (var key in beside)
        {
            if (_seen.TryRemove(key, out var seen) && Decode(key, records.Of(key)).Value?.Values.SetEquals(seen.Values) != true)
                fault ??= Conflict(key);
        }

        return fault;
    }

    private void Remember(WebhookPlan plan)
    {
        if (plan.Change.Add.IsEmpty)
            return;
        if (_ttls.Count >= RememberedMax)
            _ttls.Clear();
        _ttls[plan.Change.Key] = (plan.Change.TtlSeconds, plan.GivenTtl);
    }

    private async Task<ProviderFault?> WriteAsync(WebhookPlan plan, WebhookChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            var (fault, isLost) = await _api.WriteAsync(changes, cancellationToken);
            return fault is not null && isLost ? await SettleAsync(plan, fault, cancellationToken) : fault;
        }
        finally
        {
            _records.Drop();
        }
    }

    // The write went out and no good answer came back: only a look tells whether it was done.
    private async Task<ProviderFault?> SettleAsync(WebhookPlan plan, ProviderFault fault, CancellationToken cancellationToken)
    {
        var all = await _records.GetNewAsync(cancellationToken);
        var key = plan.Change.Key;
        var isDone = all.Value is { } records && Decode(key, records.Of(key)).Value is { } set && set.Values.SetEquals(plan.Change.Result)
            && (plan.Change.Add.IsEmpty || set.TtlSeconds == plan.Change.TtlSeconds);
        DnsLog.AnswerLost(_logger, _options.Server, key.Name, isDone ? "done" : "not done or not known");
        return isDone ? null : fault;
    }
}
