using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using Condition = MtaSts.Operator.Resources.Condition;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Says of each provider whether it can be used, and what its domains saw of it: the resource is valid and its Secret is there; whether the server takes the key is seen
/// when something is written. How far its domains are is counted from their statuses.
/// </summary>
/// <typeparam name="T">A cluster's provider, or a namespace's.</typeparam>
public sealed class ProviderController<T>(
    Providers providers, ProviderBook book, Cluster cluster, ServerSideApply writer, Fence fence, string ownerIdDefault, TimeProvider time,
    ILogger<ProviderController<T>> logger)
    : IEntityController<T>
    where T : class, IDnsProviderResource<T>
{
    // A Secret of another namespace is not watched: whether it is there now is asked again.
    private static readonly TimeSpan LookForSecret = TimeSpan.FromMinutes(1);

    // The policies are not watched for the counts: while some are missing they are counted again.
    private static readonly TimeSpan CountAgain = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<T>> ReconcileAsync(T entity, CancellationToken cancellationToken)
    {
        if (!fence.IsOpen)
        {
            return ReconciliationResult<T>.Failure(entity, "this process does not lead");
        }

        var name = ObjectKey.Of(entity).ToString();
        var reading = ProviderReader.Read(entity, ownerIdDefault);
        var (opened, holds, reason, message) = await JudgeAsync(reading, cancellationToken);
        var (before, generation, now) = (entity.Status, entity.Metadata.Generation ?? 0, time.GetUtcNow());
        var accepted = ConditionedStatuses.Of(before?.Conditions, nameof(ConditionType.Accepted), holds, reason, message, generation, now);
        if (before?.Conditions?.Contains(accepted) != true)
        {
            ReconcileLog.ProviderSettled(logger, name, accepted.Type, accepted.Status, accepted.Reason, accepted.Message);
        }

        var seen = book.Of(name);
        var (domains, published) = Count(entity, name);
        var settled = entity.WithStatus(new DnsProviderStatus
        {
            ObservedGeneration = generation,
            Backend = reading.Value?.Backend.Field,
            Place = reading.Value?.Backend.Place,
            Zones = seen is { Zones.Count: > 0 } ? [.. seen.Zones] : before?.Zones,
            Domains = domains,
            Published = published,
            LastError = seen?.LastFault is { } fault
                ? new ProviderErrorStatus { At = seen.LastFaultAt ?? now, Reason = fault.Reason.ToString(), Message = fault.Message }
                : before?.LastError,
            RateLimit = opened?.Headroom is { } limit
                ? new RateLimitStatus { Requests = limit.RequestsMax, WindowSeconds = (long)limit.Window.TotalSeconds, Left = limit.WithoutWaiting }
                : null,
            Conditions = reading.Value is null or { Backend: DnsBackend.Manual } ? [accepted] : [accepted, .. Seen(seen, before, generation, now)],
        });
        var wait = domains > published ? CountAgain : reading.Value is { Namespace: not null } && !holds ? LookForSecret : (TimeSpan?)null;
        return await ConditionedStatuses.WriteAsync(writer, settled, entity, wait, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<T>> DeletedAsync(T entity, CancellationToken cancellationToken)
    {
        var name = ObjectKey.Of(entity).ToString();
        providers.Forget(name);
        book.Forget(name);
        return Task.FromResult(ReconciliationResult<T>.Success(entity));
    }

    private async Task<(IDnsProvider? Opened, bool Holds, Reason Reason, string Message)> JudgeAsync(
        ResourceReading<ProviderSettings> reading, CancellationToken cancellationToken)
    {
        if (!reading.IsValid)
        {
            return (null, false, Reason.ProviderInvalid, FieldProblem.Join(reading.Problems));
        }

        var valid = "the provider is valid" + (reading.Value.Backend.Note is { } note ? "; " + note : "");
        if (reading.Value.Backend is DnsBackend.Manual)
        {
            return (null, true, Reason.AsExpected, valid);
        }

        var (opened, fault) = await providers.OpenAsync(reading.Value, cancellationToken);
        return fault is null
            ? (opened!.Adapter, true, Reason.AsExpected, valid)
            : (null, false, fault.Reason, fault.Message);
    }

    // Until something is written again, what was seen before a restart stands.
    private static IEnumerable<Condition> Seen(ProviderSeen? seen, DnsProviderStatus? before, long generation, DateTimeOffset now)
    {
        return
        [
            Of("CredentialsValid", seen?.AreCredentialsValid, "the provider takes our credentials", "the provider has not said yet whether it takes our credentials"),
            Of("Reachable", seen?.IsReachable, "the provider answers", "nothing has been written through the provider yet"),
        ];

        Condition Of(string type, bool? holds, string yes, string unknown) => holds switch
        {
            null when Condition.Find(before?.Conditions, type) is { } old && old.ObservedGeneration == generation => old,
            null => ConditionedStatuses.Of(before?.Conditions, type, null, Reason.NotObservedYet, unknown, generation, now),
            true => ConditionedStatuses.Of(before?.Conditions, type, true, Reason.AsExpected, yes, generation, now),
            false => ConditionedStatuses.Of(
                before?.Conditions, type, false, seen!.LastFault?.Reason ?? Reason.ProviderUnavailable, seen.LastFault?.Message ?? "", generation, now),
        };
    }

    private (long Domains, long Published) Count(T entity, string name)
    {
        var (domains, published) = (0L, 0L);
        foreach (var policy in cluster.WrittenBy(entity))
        {
            domains++;
            published += policy.Status is { PolicyId: not null } status && status.ProviderName == name
                && status.Conditions?.Any(c => c is { Type: nameof(ConditionType.DnsPublished), Status: "True" }) == true ? 1 : 0;
        }

        return (domains, published);
    }
}
