using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Reconcile;

/// <summary>Brings domains in line with their policies, and sees to what becomes of them when a policy is deleted.</summary>
public sealed class PolicyController(
    Cluster cluster,
    AdmissionDesk desk,
    DomainPass pass,
    Handover handover,
    DomainWriter writer,
    FleetDesk fleets,
    Announcer announcer,
    DomainBoard board,
    Watch watch,
    ClassMoves moves,
    Fence fence,
    TimeProvider time,
    ILogger<PolicyController> logger) : IEntityController<MtaStsPolicy>, IEntityFinalizer<MtaStsPolicy>
{
    private static readonly TimeSpan RetryUndeletable = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryTakeover = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public string Identifier => ApiGroup.Name + "/records";

    /// <summary>Only what may act can leave something behind.</summary>
    public bool Wants(MtaStsPolicy entity) => desk.AdmitAnywhere(entity) is Admission.Admitted && desk.ClaimedByOther(entity) is null;

    /// <inheritdoc/>
    public async Task<ReconciliationResult<MtaStsPolicy>> ReconcileAsync(MtaStsPolicy entity, CancellationToken cancellationToken)
    {
        var admission = desk.Admit(entity);
        var takeover = admission is Admission.Admitted && fence.IsOpen ? await handover.TakeAsync(entity, time.GetUtcNow(), cancellationToken) : Takeover.None;
        if (takeover is Takeover.NotYet notYet)
        {
            ReconcileLog.TakeoverWaits(logger, ObjectKey.Of(entity).ToString(), notYet.Why);
            return ReconciliationResult<MtaStsPolicy>.Success(entity, RetryTakeover);
        }

        var result = await pass.RunAsync(entity, admission, (takeover as Takeover.From)?.State, cancellationToken);
        return result.Failure is { } failure
            ? ReconciliationResult<MtaStsPolicy>.Failure(entity, failure, requeueAfter: result.Wait)
            : ReconciliationResult<MtaStsPolicy>.Success(entity, result.Wait);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<MtaStsPolicy>> DeletedAsync(MtaStsPolicy entity, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(entity);
        board.Forget(MtaStsPolicy.KubeKind, key);
        watch.Forget(key);
        moves.Forget(key);
        fleets.Release(key);
        return Task.FromResult(ReconciliationResult<MtaStsPolicy>.Success(entity));
    }

    /// <summary>
    /// Retire: a retirement takes the domain, and the resource can go at once. Delete: the records go first, so that no sender finds a policy that is about to go;
    /// then the Ingress and the document. Orphan: all stays.
    /// </summary>
    public async Task<ReconciliationResult<MtaStsPolicy>> FinalizeAsync(MtaStsPolicy entity, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(entity);
        var state = StatusMapping.StateOf(entity.Status);

        // What never served anything has nothing to take away, whoever has the domain now.
        if ((state.Served is null && !state.Withdrawn) || !MailDomain.TryParse(entity.Status?.Domain, out var domain, out _))
        {
            return ReconciliationResult<MtaStsPolicy>.Success(entity);
        }

        if (entity.Spec?.DeletionPolicy == nameof(DeletionPolicy.Orphan))
        {
            ReconcileLog.TakenDown(logger, key.ToString(), domain.ToString(), nameof(DeletionPolicy.Orphan));
            return ReconciliationResult<MtaStsPolicy>.Success(entity);
        }

        // Anything but the word itself retires: the careful way is the one for what nobody understands.
        return state.Withdrawn || entity.Spec?.DeletionPolicy == nameof(DeletionPolicy.Delete)
            ? await DeleteAsync(entity, domain, cancellationToken)
            : await RetireAsync(entity, domain, cancellationToken);
    }

    private async Task<ReconciliationResult<MtaStsPolicy>> RetireAsync(MtaStsPolicy entity, MailDomain domain, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(entity);
        var className = entity.Status!.ClassName ?? cluster.ClassOf(entity)?.Metadata.Name;
        if (className is null)
        {
            announcer.Undeletable(entity, Reason.ClassNotFound, $"{domain} cannot be retired: under which class it is served is not known");
            return ReconciliationResult<MtaStsPolicy>.Success(entity, RetryUndeletable);
        }

        if (!await fence.HoldsAsync(entity, cancellationToken))
        {
            return ReconciliationResult<MtaStsPolicy>.Failure(entity, "the cache is behind");
        }

        var reporting = entity.Spec?.TlsReporting ?? cluster.Classes.Cache.Find(new ObjectKey(null, className))?.Spec?.TlsReporting;
        if (await handover.GiveAsync(entity, className, reporting, cancellationToken) is { } failed)
        {
            announcer.Undeletable(entity, Reason.ApplyFailed, $"MtaStsRetirement {domain} could not be written: {failed}");
            return ReconciliationResult<MtaStsPolicy>.Failure(entity, $"MtaStsRetirement {domain}: {failed}");
        }

        ReconcileLog.TakenDown(logger, key.ToString(), domain.ToString(), nameof(DeletionPolicy.Retire));
        return ReconciliationResult<MtaStsPolicy>.Success(entity);
    }

    private async Task<ReconciliationResult<MtaStsPolicy>> DeleteAsync(MtaStsPolicy entity, MailDomain domain, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Of(entity);
        var admission = desk.AdmitAnywhere(entity);
        if (admission is Admission.Rejected rejected)
        {
            announcer.Undeletable(entity, rejected.Reason, $"the records of {domain} cannot be removed: {rejected.Message}");
            return ReconciliationResult<MtaStsPolicy>.Success(entity, RetryUndeletable);
        }

        if (!await fence.HoldsAsync(entity, cancellationToken))
        {
            return ReconciliationResult<MtaStsPolicy>.Failure(entity, "the cache is behind");
        }

        var admitted = (Admission.Admitted)admission;
        var nothing = DesiredState.OfRemoval(domain, admitted.Class, admitted.Provider);
        var applied = await writer.ApplyAsync(admitted, nothing, nothing.Records, cancellationToken);
        if (applied.DnsProblems.Concat(applied.ServingProblems).FirstOrDefault() is { } problem)
        {
            announcer.Undeletable(entity, problem.Reason, $"{problem.Subject}: {problem.Message}");
            return problem.NeedsSomebody
                ? ReconciliationResult<MtaStsPolicy>.Success(entity, RetryUndeletable)
                : ReconciliationResult<MtaStsPolicy>.Failure(entity, $"{problem.Subject}: {problem.Message}");
        }

        ReconcileLog.TakenDown(logger, key.ToString(), domain.ToString(), nameof(DeletionPolicy.Delete));
        return ReconciliationResult<MtaStsPolicy>.Success(entity);
    }
}
