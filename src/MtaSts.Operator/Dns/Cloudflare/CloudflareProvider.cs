using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>
/// Writes records by Cloudflare's API. A batch is one request and one transaction there, though its records reach the name servers one
/// by one. The API has no compare-and-set: what is there is read again right before, and a moment is left to lose a race in.
/// </summary>
public sealed class CloudflareProvider : IDnsProvider
{
    private const int PagesMax = 50;

    private readonly CloudflareApi _api;
    private readonly ZoneDirectory _zones;
    private readonly CloudflareOptions _options;
    private readonly ILogger<CloudflareProvider> _logger;

    internal CloudflareProvider(CloudflareApi api, ZoneDirectory zones, CloudflareOptions options, ILogger<CloudflareProvider> logger) =>
        (_api, _zones, _options, _logger) = (api, zones, options, logger);

    /// <inheritdoc/>
    public RequestHeadroom? Headroom => _api.Headroom;

    /// <inheritdoc/>
    public async Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsPlainName(name, out var wanted))
            return new ZoneAnswer.Failed(CloudflareFaults.NoZone($"\"{name}\" is not a DNS name"));
        var found = await _zones.FindAsync(_api, wanted!, _options.Zones, cancellationToken);
        return found.Value is { } zone
            ? new ZoneAnswer.Found(new DnsZone(zone.Name.ToLowerInvariant()))
            : new ZoneAnswer.Failed(found.Fault!);
    }

    /// <inheritdoc/>
    public async Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var (_, records, fault) = await ReadAsync(zone, keys, RequestBudget.NewWorkWaitMax, cancellationToken);
        return fault is null
            ? new ReadAnswer.Read(CurrentRecords.Of(keys.Distinct().Select(records!.Set)))
            : new ReadAnswer.Failed(fault);
    }

    /// <inheritdoc/>
    public async Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken)
    {
        var (entry, now, fault) = await ReadAsync(zone, [.. batch.Changes.Select(c => c.Key)], RequestBudget.BegunWorkWaitMax, cancellationToken);
        if (fault is not null)
            return new ApplyAnswer.Failed(fault);
        if (batch.Changes.FirstOrDefault(c => !now!.Set(c.Key).Values.SetEquals(c.Expected)) is { } changed)
            return new ApplyAnswer.Failed(CloudflareFaults.Conflict($"{changed.Key} is no longer as it was read"));

        var build = BatchBuilder.Build(batch, now!);
        if (build.Value is not { } calls)
            return new ApplyAnswer.Failed(build.Fault!);
        if (calls.IsEmpty)
            return new ApplyAnswer.Applied();

        var answer = await _api.ApplyAsync(entry!, calls, cancellationToken);
        if (answer.Fault is null)
            return new ApplyAnswer.Applied();
        if (answer.IsLost)
            return await SettleAsync(zone, batch, answer.Fault, cancellationToken);
        Heed(answer.Fault);
        return new ApplyAnswer.Failed(answer.Fault);
    }

    // The names that reach an API's path or query are letters, digits, "-", "_" and "*" alone.
    private static bool IsPlainName(string text, out DnsName? name) =>
        DnsName.TryParse(text, out name) && !name.IsRoot && name.ToString() == text
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '*');

    // The request went out and no good answer came back: only a look tells whether it was done.
    private async Task<ApplyAnswer> SettleAsync(DnsZone zone, RecordBatch batch, ProviderFault fault, CancellationToken cancellationToken)
    {
        var (_, records, _) = await ReadAsync(zone, [.. batch.Changes.Select(c => c.Key)], RequestBudget.BegunWorkWaitMax, cancellationToken);
        var isDone = records is not null && batch.Changes.All(c => records.Set(c.Key) is var set && set.Values.SetEquals(c.Result)
            && (c.Add.IsEmpty || set.TtlSeconds == c.TtlSeconds));
        CloudflareLog.AnswerLost(_logger, batch.Name, isDone ? "done" : "not done or not known");
        return isDone ? new ApplyAnswer.Applied() : new ApplyAnswer.Failed(fault);
    }

    private async Task<(ZoneEntry? Zone, ZoneRecords? Records, ProviderFault? Fault)> ReadAsync(
        DnsZone zone, IReadOnlyCollection<RecordKey> keys, TimeSpan waitMax, CancellationToken cancellationToken)
    {
        if (!IsPlainName(zone.Name, out var apex))
            return (null, null, CloudflareFaults.Refused($"\"{zone.Name}\" is not a zone"));
        foreach (var key in keys)
        {
            if (!IsPlainName(key.Name, out var name) || !name!.IsAtOrBelow(apex!))
                return (null, null, CloudflareFaults.Refused($"\"{key.Name}\" is not a name in zone {zone.Name} that Cloudflare can hold, or is too long"));
        }

        if (keys.Count == 0)
            return (null, new ZoneRecords([]), null);
        var found = await _zones.ByNameAsync(_api, apex!, cancellationToken);
        if (found.Value is not { } entry)
            return (null, null, found.Fault);
        string[] names = [.. keys.Select(k => k.Name).Distinct()];
        string[] suffixes = [.. names.Where(n => !names.Any(o => n.EndsWith("." + o, StringComparison.Ordinal)))];
        var common = CommonSuffix(suffixes);
        if (suffixes.Length > 1 && common.Length >= zone.Name.Length && !_zones.IsCrowded(entry, common))
        {
            // All names of a domain are one request, unless the domain has very many records.
            var all = await _api.ListRecordsAsync(entry, common, pagesMax: 1, waitMax, cancellationToken);
            if (all.Value is not { } page)
                return Fail(all.Fault!);
            if (page.TotalPages <= 1)
                return (entry, new ZoneRecords(page.Items), null);
            _zones.MarkCrowded(entry, common);
            waitMax = RequestBudget.BegunWorkWaitMax;
        }

        var entries = new List<DnsEntry>();
        foreach (var suffix in suffixes)
        {
            var read = await _api.ListRecordsAsync(entry, suffix, PagesMax, waitMax, cancellationToken);
            waitMax = RequestBudget.BegunWorkWaitMax; // Only the first of several requests is new work.
            if (read.Value is not { } page)
                return Fail(read.Fault!);
            if (page.TotalPages > PagesMax)
                return Fail(CloudflareFaults.Refused($"zone {zone.Name} has too many records whose names end in {suffix}"));
            entries.AddRange(page.Items);
        }

        return (entry, new ZoneRecords(entries.DistinctBy(e => e.Id)), null);

        (ZoneEntry?, ZoneRecords?, ProviderFault?) Fail(ProviderFault fault)
        {
            Heed(fault);
            return (null, null, fault);
        }
    }

    // The labels that all names end in. A name and its companion below it are one search: the API looks at the end of a name.
    private static string CommonSuffix(string[] names)
    {
        var labels = names.Select(n => n.Split('.').Reverse().ToArray()).ToArray();
        return string.Join('.', labels[0].TakeWhile((l, i) => labels.All(n => i < n.Length && n[i] == l)).Reverse());
    }

    private void Heed(ProviderFault fault)
    {
        if (fault.Reason == Reason.ZoneNotFound)
            _zones.Forget();
    }
}
