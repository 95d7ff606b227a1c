using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Reconcile;

/// <summary>Takes down the domains whose policies were deleted, in the order that loses no mail (rfc8461#8.3), and deletes each retirement at its end.</summary>
public sealed class RetirementController(
    AdmissionDesk desk,
    DomainPass pass,
    Handover handover,
    ServerSideApply writer,
    DomainBoard board,
    Watch watch,
    ClassMoves moves,
    Fence fence,
    TimeProvider time,
    ILogger<RetirementController> logger) : IEntityController<MtaStsRetirement>
{
    private static readonly ResourceKind Kind = ResourceKind.Of<MtaStsRetirement>();
    private static readonly TimeSpan LookAfterYielding = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitForTakeover = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookForTakeover = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<MtaStsRetirement>> ReconcileAsync(MtaStsRetirement entity, CancellationToken cancellationToken)
    {
        if (handover.HasYielded(entity))
        {
            return ReconciliationResult<MtaStsRetirement>.Success(entity, LookAfterYielding);
        }

        // A policy that has waited for the domain takes it as it is; it needs a moment to see that it may.
        if (entity.Status?.Domain is null && time.GetUtcNow() - entity.Metadata.CreationTimestamp < WaitForTakeover && desk.IsWanted(entity))
        {
            return ReconciliationResult<MtaStsRetirement>.Success(entity, LookForTakeover);
        }

        // Before the first status the state is the one that was handed over.
        var start = entity.Status?.Domain is null ? StatusMapping.StateOf(entity.Spec.Handover) : null;
        var result = await pass.RunAsync(entity, Named(desk.Admit(entity), entity), start, cancellationToken);
        if (result.Failure is { } failure)
        {
            return ReconciliationResult<MtaStsRetirement>.Failure(entity, failure, requeueAfter: result.Wait);
        }

        if (!result.IsRemoved || !fence.IsOpen)
        {
            return ReconciliationResult<MtaStsRetirement>.Success(entity, result.Wait);
        }

        var outcome = await writer.DeleteAsync(Kind, ObjectKey.Of(entity), entity.Metadata.Uid, null, cancellationToken);
        if (!outcome.IsSuccess)
        {
            return ReconciliationResult<MtaStsRetirement>.Failure(entity, outcome.ToString()!);
        }

        ReconcileLog.TakenDown(logger, ObjectKey.Of(entity).ToString(), entity.Spec.Domain, nameof(DeletionPolicy.Retire));
        return ReconciliationResult<MtaStsRetirement>.Success(entity);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<MtaStsRetirement>> DeletedAsync(MtaStsRetirement entity, CancellationToken cancellationToken)
    {
        board.Forget(MtaStsRetirement.KubeKind, ObjectKey.Of(entity));
        watch.Forget(ObjectKey.Of(entity));
        moves.Forget(ObjectKey.Of(entity));
        return Task.FromResult(ReconciliationResult<MtaStsRetirement>.Success(entity));
    }

    // Whoever reads that it cannot act wants to know what is left standing: the names by which senders find it, wherever their CNAMEs lead.
    private static Admission Named(Admission admission, MtaStsRetirement retirement) =>
        admission is Admission.Rejected rejected && Core.Mail.MailDomain.TryParse(retirement.Spec.Domain, out var domain, out _)
            ? new Admission.Rejected(
                rejected.Reason,
                $"{rejected.Message}. Until then these records stay as they are: {string.Join(", ", DesiredState.Removal(domain, delegation: null).Select(r => r.Key.Name).Distinct())}")
            : admission;
}
