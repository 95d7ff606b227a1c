using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Dns;

/// <summary>Brings wanted records into a provider's zones: find the zone, read, plan, apply.</summary>
/// <param name="logger">Where each write is said.</param>
public sealed class RecordPublisher(ILogger<RecordPublisher> logger)
{
    private const int AttemptsMax = 2; // The first, and one more after a lost compare-and-set.

    /// <summary>Writes the records that are wanted, and removes those that are wanted empty.</summary>
    /// <param name="provider">Where.</param>
    /// <param name="desired">What, as <see cref="RecordPlanner.Plan"/> takes it.</param>
    /// <param name="owner">Who we are.</param>
    /// <param name="adoption">What to do about records that nobody owns.</param>
    /// <param name="cancellationToken">The caller's; the only thing that throws.</param>
    public async Task<PublishReport> PublishAsync(
        IDnsProvider provider, IReadOnlyList<OwnedRecord> desired, OwnerIdentity owner, Adoption adoption, CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<RecordKey, PublishOutcome>();
        var byZone = new List<(DnsZone Zone, OwnedRecord Record)>();
        foreach (var record in desired)
        {
            switch (await provider.FindZoneAsync(record.Key.Name, cancellationToken))
            {
                case ZoneAnswer.Found found:
                    byZone.Add((found.Zone, record));
                    break;
                case ZoneAnswer.Failed failed:
                    Fail([record], failed.Fault, outcomes);
                    break;
            }
        }

        foreach (var zone in byZone.GroupBy(z => z.Zone, z => z.Record))
            await PublishInZoneAsync(new Pass(provider, zone.Key, owner, adoption, outcomes), [.. zone], cancellationToken);
        return PublishReport.Of(outcomes, byZone.Select(z => z.Zone.Name));
    }

    /// <summary>Removes the records that are marked as this resource's; leaves all others.</summary>
    public Task<PublishReport> RemoveAsync(
        IDnsProvider provider, IEnumerable<OwnedRecord> records, OwnerIdentity owner, CancellationToken cancellationToken) =>
        PublishAsync(provider, [.. records.Select(r => r.Removed())], owner, Adoption.Refuse, cancellationToken);

    private async Task PublishInZoneAsync(Pass pass, OwnedRecord[] records, CancellationToken cancellationToken)
    {
        var left = records;
        for (var attempt = 1; left.Length > 0; attempt++)
            left = await AttemptAsync(pass, left, attempt == AttemptsMax, cancellationToken);
    }

    // Returns the records whose compare-and-set was lost and who have another attempt.
    private async Task<OwnedRecord[]> AttemptAsync(Pass pass, OwnedRecord[] records, bool isLast, CancellationToken cancellationToken)
    {
        var answer = await pass.Provider.ReadAsync(pass.Zone, RecordPlanner.KeysToRead(records), cancellationToken);
        if (answer is not ReadAnswer.Read read)
        {
            Fail(records, ((ReadAnswer.Failed)answer).Fault, pass.Outcomes);
            return [];
        }

        var plan = RecordPlanner.Plan(records, read.Records, pass.Owner, pass.Adoption);
        foreach (var verdict in plan.Verdicts)
            Settle(verdict, pass.Outcomes);

        var lost = new List<OwnedRecord>();
        ProviderFault? outage = null;
        foreach (var batch in plan.Batches)
        {
            OwnedRecord[] concerned = [.. plan.Verdicts.OfType<RecordVerdict.Changes>().Select(v => v.Record).Where(r => r.Key.Name == batch.Name)];
            // A provider that is away is not waited for once more for each name.
            var applied = outage is null
                ? await pass.Provider.ApplyAsync(pass.Zone, batch, cancellationToken)
                : new ApplyAnswer.Failed(outage);
            switch (applied)
            {
                case ApplyAnswer.Applied:
                    Written(concerned, pass);
                    break;
                case ApplyAnswer.Failed { Fault.Reason: Reason.ProviderConflict } when !isLast:
                    DnsLog.Conflict(logger, batch.Name, pass.Zone.Name);
                    lost.AddRange(concerned);
                    break;
                case ApplyAnswer.Failed failed:
                    if (failed.Fault.Reason is Reason.ProviderUnavailable or Reason.ProviderRateLimited)
                        outage = failed.Fault;
                    Fail(concerned, failed.Fault, pass.Outcomes);
                    break;
            }
        }

        return [.. lost];
    }

    private void Settle(RecordVerdict verdict, Dictionary<RecordKey, PublishOutcome> outcomes)
    {
        switch (verdict)
        {
            case RecordVerdict.InPlace:
                outcomes[verdict.Record.Key] = new PublishOutcome.InPlace();
                break;
            case RecordVerdict.Refused refused:
                DnsLog.Refused(logger, verdict.Record.Key, refused.Reason, refused.Message);
                outcomes[verdict.Record.Key] = new PublishOutcome.Refused(refused.Reason, refused.Message);
                break;
        }
    }

    private void Written(IEnumerable<OwnedRecord> records, Pass pass)
    {
        foreach (var record in records)
        {
            var isRemoval = record.Desired.Values.IsEmpty;
            if (isRemoval)
                DnsLog.Removed(logger, record.Key, pass.Zone.Name, pass.Owner);
            else
                DnsLog.Written(logger, record.Key, pass.Zone.Name, pass.Owner);
            pass.Outcomes[record.Key] = isRemoval ? new PublishOutcome.Removed() : new PublishOutcome.Written();
        }
    }

    private void Fail(IEnumerable<OwnedRecord> records, ProviderFault fault, Dictionary<RecordKey, PublishOutcome> outcomes)
    {
        foreach (var record in records)
        {
            DnsLog.Failed(logger, record.Key, fault.Reason, fault.Message);
            outcomes[record.Key] = new PublishOutcome.Failed(fault);
        }
    }

    private sealed record Pass(
        IDnsProvider Provider, DnsZone Zone, OwnerIdentity Owner, Adoption Adoption, Dictionary<RecordKey, PublishOutcome> Outcomes);
}
