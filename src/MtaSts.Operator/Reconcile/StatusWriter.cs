using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>Writes the status of policies and retirements: only what changed, and only over the version that was decided on.</summary>
/// <param name="writer">Writes.</param>
/// <param name="fence">Only the leader writes.</param>
/// <param name="time">The clock.</param>
public sealed class StatusWriter(ServerSideApply writer, Fence fence, TimeProvider time)
{
    /// <summary>Writes the state of a decision before anything else is done. Null when somebody else was faster, or the server is away.</summary>
    public Task<T?> WriteStateAsync<T>(T resource, Admission.Admitted admitted, Decision decision, CancellationToken cancellationToken)
        where T : class, IDomainResource<T>
    {
        // With the domain and its places, since whoever takes it down later must know them whatever becomes of the spec.
        var status = StatusMapping.WithState(resource.Status, decision.Next, SoakShown(decision));
        status = status with
        {
            Domain = admitted.Intent.Domain.ToString(),
            ClassName = status.ClassName ?? admitted.Class.Name,
            ProviderName = status.ProviderName ?? admitted.Provider.Name,
        };
        return WriteAsync(resource, status, cancellationToken);
    }

    /// <summary>Writes what a pass came to. Nothing is sent where nothing changed. Null when somebody else was faster, or the server is away.</summary>
    public Task<T?> WriteOutcomeAsync<T>(T resource, PassOutcome outcome, Places? places, CancellationToken cancellationToken)
        where T : class, IDomainResource<T>
    {
        var status = outcome.Decision is { } decision
            ? StatusMapping.WithState(resource.Status, decision.Next, SoakShown(decision))
            : resource.Status ?? new MtaStsPolicyStatus();
        if (places is not null)
        {
            status = status with { ClassName = places.ClassName, ProviderName = places.ProviderName };
        }

        status = StatusMapping.WithOutcome(status, outcome, resource.Metadata.Generation ?? 0, time.GetUtcNow());
        if (resource.Metadata.Annotations?.TryGetValue(ApiGroup.ReconcileRequestedAnnotation, out var requested) == true)
        {
            status = status with { LastHandledReconcileAt = requested };
        }

        return WriteAsync(resource, status, cancellationToken);
    }

    // In the last stage no promotion follows, whatever its soak says.
    private static TimeSpan? SoakShown(Decision decision) => decision.Next.Soak.CountedUntil is null ? null : decision.Stage?.Soak;

    private async Task<T?> WriteAsync<T>(T resource, MtaStsPolicyStatus status, CancellationToken cancellationToken)
        where T : class, IDomainResource<T>
    {
        if (!fence.IsOpen)
        {
            return null;
        }

        var entity = resource.WithStatus(status);
        return await writer.UpdateStatusAsync(entity, resource, cancellationToken) switch
        {
            WriteOutcome.Unchanged => entity,
            WriteOutcome.Written written => written.As<T>(),
            WriteOutcome.Conflict or WriteOutcome.NotFound => null,
            WriteOutcome.Unavailable away => throw new RetryLaterException($"status of {ObjectKey.Of(resource)}: {away}", away.RetryAfter),
            var failed => throw new StatusNotWrittenException($"status of {ObjectKey.Of(resource)}: {failed}"),
        };
    }
}

/// <summary>The API server refuses a status. The pass is tried again by back-off.</summary>
public sealed class StatusNotWrittenException : Exception
{
    /// <summary>With what the server said.</summary>
    public StatusNotWrittenException(string message)
        : base(message)
    {
    }

    /// <summary>Without a word.</summary>
    public StatusNotWrittenException()
    {
    }

    /// <summary>With a cause.</summary>
    public StatusNotWrittenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
