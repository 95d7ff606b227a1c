using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>Writes the status of policies: only what changed, and only over the version that was decided on.</summary>
/// <param name="writer">Writes.</param>
/// <param name="fence">Only the leader writes.</param>
/// <param name="time">The clock.</param>
public sealed class StatusWriter(ServerSideApply writer, Fence fence, TimeProvider time)
{
    /// <summary>Writes the state of a decision before anything else is done. Null when somebody else was faster, or the server is away.</summary>
    public Task<MtaStsPolicy?> WriteStateAsync(MtaStsPolicy policy, Intent intent, Decision decision, CancellationToken cancellationToken)
    {
        // With the domain, since whoever takes it down later must know it whatever becomes of the spec.
        var status = StatusMapping.WithState(policy.Status, decision.Next, SoakShown(decision)) with { Domain = intent.Domain.ToString() };
        return WriteAsync(policy, status, cancellationToken);
    }

    /// <summary>Writes what a pass came to. Nothing is sent where nothing changed. Null when somebody else was faster, or the server is away.</summary>
    public Task<MtaStsPolicy?> WriteOutcomeAsync(MtaStsPolicy policy, PassOutcome outcome, CancellationToken cancellationToken)
    {
        var status = outcome.Decision is { } decision
            ? StatusMapping.WithState(policy.Status, decision.Next, SoakShown(decision))
            : policy.Status ?? new MtaStsPolicyStatus();
        status = StatusMapping.WithOutcome(status, outcome, policy.Metadata.Generation ?? 0, time.GetUtcNow());
        if (policy.Metadata.Annotations?.TryGetValue(ApiGroup.ReconcileRequestedAnnotation, out var requested) == true)
        {
            status = status with { LastHandledReconcileAt = requested };
        }

        return WriteAsync(policy, status, cancellationToken);
    }

    // In the last stage no promotion follows, whatever its soak says.
    private static TimeSpan? SoakShown(Decision decision) => decision.Next.Soak.CountedUntil is null ? null : decision.Stage?.Soak;

    private async Task<MtaStsPolicy?> WriteAsync(MtaStsPolicy policy, MtaStsPolicyStatus status, CancellationToken cancellationToken)
    {
        if (!fence.IsOpen)
        {
            return null;
        }

        var entity = new MtaStsPolicy { Metadata = policy.Metadata, Spec = policy.Spec, Status = status };
        return await writer.UpdateStatusAsync(entity, policy, cancellationToken) switch
        {
            WriteOutcome.Unchanged => entity,
            WriteOutcome.Written written => written.As<MtaStsPolicy>(),
            WriteOutcome.Conflict or WriteOutcome.NotFound => null,
            var failed => throw new StatusNotWrittenException($"status of {ObjectKey.Of(policy)}: {failed}"),
        };
    }
}

/// <summary>The API server did not take a status. The pass is tried again by back-off.</summary>
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
