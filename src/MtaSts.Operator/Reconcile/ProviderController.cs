using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>Says of each provider whether it can be used: the resource is valid and its Secret is there. Whether the server takes the key is seen when something is written.</summary>
public sealed class ProviderController(
    Providers providers, ServerSideApply writer, Fence fence, string ownerIdDefault, TimeProvider time, ILogger<ProviderController> logger)
    : IEntityController<ClusterDnsProvider>
{
    /// <inheritdoc/>
    public async Task<ReconciliationResult<ClusterDnsProvider>> ReconcileAsync(ClusterDnsProvider entity, CancellationToken cancellationToken)
    {
        if (!fence.IsOpen)
        {
            return ReconciliationResult<ClusterDnsProvider>.Failure(entity, "this process does not lead");
        }

        var reading = ProviderReader.Read(entity, ownerIdDefault);
        var (holds, reason, message) = Judge(reading);
        var generation = entity.Metadata.Generation ?? 0;
        var accepted = ConditionedStatuses.Of(entity.Status?.Conditions, nameof(ConditionType.Accepted), holds, reason, message, generation, time.GetUtcNow());
        if (entity.Status?.Conditions?.Contains(accepted) != true)
        {
            ReconcileLog.ProviderSettled(logger, entity.Metadata.Name, accepted.Type, accepted.Status, accepted.Reason, accepted.Message);
        }

        var settled = new ClusterDnsProvider
        {
            Metadata = entity.Metadata,
            Spec = entity.Spec,
            Status = new DnsProviderStatus
            {
                ObservedGeneration = generation,
                Backend = reading.Value?.Backend.Field,
                Place = reading.Value?.Backend.Place,
                Conditions = [accepted],
            },
        };
        return await ConditionedStatuses.WriteAsync(writer, settled, entity, null, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<ClusterDnsProvider>> DeletedAsync(ClusterDnsProvider entity, CancellationToken cancellationToken) =>
        Task.FromResult(ReconciliationResult<ClusterDnsProvider>.Success(entity));

    private (bool Holds, Reason Reason, string Message) Judge(ResourceReading<ProviderSettings> reading)
    {
        if (!reading.IsValid)
        {
            return (false, Reason.ProviderInvalid, FieldProblem.Join(reading.Problems));
        }

        var backend = reading.Value.Backend;
        return backend is not DnsBackend.Manual && providers.Open(reading.Value).Fault is { } fault
            ? (false, fault.Reason, fault.Message)
            : (true, Reason.AsExpected, "the provider is valid" + (backend.Note is { } note ? "; " + note : ""));
    }
}
