using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Telemetry;
using Condition = MtaSts.Operator.Resources.Condition;

namespace MtaSts.Operator.Reconcile;

/// <summary>Keeps the policy server of each class: Deployment, Service, PodDisruptionBudget.</summary>
/// <remarks>They stay when the class is deleted: policies that are enforced must go on being served. The platform team removes them.</remarks>
public sealed class ClassController(
    Cluster cluster, ServerSideApply writer, Fence fence, OperatorMetrics metrics, TimeSpan maxAgeMin, TimeProvider time, ILogger<ClassController> logger)
    : IEntityController<MtaStsClass>
{
    /// <summary>The condition that policies do not have: the policy server has ready replicas.</summary>
    public const string ServingReady = "ServingReady";

    private static readonly TimeSpan RetryMissing = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<MtaStsClass>> ReconcileAsync(MtaStsClass entity, CancellationToken cancellationToken)
    {
        var reading = ClassReader.Read(entity, maxAgeMin);
        if (!reading.IsValid)
        {
            return await SettleAsync(entity, (false, Reason.ClassInvalid, FieldProblem.Join(reading.Problems)), null, [], cancellationToken);
        }

        var serving = reading.Value.Serving;
        if (cluster.ServingProblem(serving.Namespace) is { } misplaced)
        {
            return await SettleAsync(entity, (false, Reason.ClassInvalid, misplaced.ToString()), null, [], cancellationToken);
        }

        if (!fence.IsOpen)
        {
            return ReconciliationResult<MtaStsClass>.Failure(entity, "this process does not lead");
        }

        metrics.Expect(entity.Metadata.Name, reading.Value.Stages);
        var caches = cluster.Serving[serving.Namespace];
        var objects = ServingObjects.For(serving);
        var problems = ImmutableArray.CreateBuilder<ApplyProblem>();
        await ApplyAsync(problems, objects.Service, caches.Services, cancellationToken);
        await ApplyAsync(problems, objects.Deployment, caches.Deployments, cancellationToken);
        await ApplyBudgetAsync(problems, entity, objects.DisruptionBudget, cancellationToken);

        if (ExposureProblem(serving) is { } missing)
        {
            problems.Add(missing);
        }

        var deployment = caches.Deployments.Cache.Find(ObjectKey.Of(objects.Deployment));
        return await SettleAsync(
            entity, (true, Reason.AsExpected, "the class is valid"), deployment?.Status?.ReadyReplicas ?? 0, problems.ToImmutable(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<MtaStsClass>> DeletedAsync(MtaStsClass entity, CancellationToken cancellationToken) =>
        Task.FromResult(ReconciliationResult<MtaStsClass>.Success(entity));

    // The first kind that the class's exposure needs and the API server does not have, or does not let the operator see.
    private ApplyProblem? ExposureProblem(ServingSettings serving)
    {
        return cluster.NeededBy(serving.Namespace, serving.Exposure).FirstOrDefault(i => !i.HasSynced) switch
        {
            null => null,
            { IsApiMissing: true } missing => new ApplyProblem(
                Reason.ApiMissing, $"spec.serving.exposure ({serving.Exposure.GetType().Name})",
                $"the API server has no {missing.Kind.Kind} ({missing.Kind.ApiVersion}); install it, or choose another exposure", NeedsSomebody: true),
            { LastError: { } error } refused => new ApplyProblem(
                Reason.ApplyFailed, $"{refused.Kind.Kind} in namespace {serving.Namespace}", $"cannot be watched: {error}; see the chart's value rbac.exposures", NeedsSomebody: true),
            var listing => new ApplyProblem(Reason.ApplyFailed, $"{listing.Kind.Kind} in namespace {serving.Namespace}", "has not been listed yet", NeedsSomebody: false),
        };
    }

    private async Task ApplyAsync<T>(ImmutableArray<ApplyProblem>.Builder problems, T desired, Informer<T> cached, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var outcome = await writer.ApplyAsync(desired, cached.Cache.Find(ObjectKey.Of(desired)), force: true, cancellationToken);
        ServingWriter.Note(problems, $"{cached.Kind.Kind} {ObjectKey.Of(desired)}", outcome);
    }

    // API servers before 1.21 do not have it, and the policy server does without: no cache, so it is applied only when the class is new or changed.
    private async Task ApplyBudgetAsync(
        ImmutableArray<ApplyProblem>.Builder problems, MtaStsClass entity, V1PodDisruptionBudget budget, CancellationToken cancellationToken)
    {
        if (entity.Status?.ObservedGeneration == entity.Metadata.Generation)
        {
            return;
        }

        var outcome = await writer.ApplyAsync(budget, null, force: true, cancellationToken);
        if (outcome is WriteOutcome.ApiMissing)
        {
            ReconcileLog.ClassSettled(
                logger, entity.Metadata.Name, "PodDisruptionBudget", "Unknown", nameof(Reason.ApiMissing), "this API server has no policy/v1; it is left out");
            return;
        }

        ServingWriter.Note(problems, $"PodDisruptionBudget {ObjectKey.Of(budget)}", outcome);
    }

    private async Task<ReconciliationResult<MtaStsClass>> SettleAsync(
        MtaStsClass entity,
        (bool Holds, Reason Reason, string Message) accepted,
        int? readyReplicas,
        ImmutableArray<ApplyProblem> problems,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var generation = entity.Metadata.Generation ?? 0;
        (bool? Holds, Reason Reason, string Message) serving = (problems.FirstOrDefault(), readyReplicas) switch
        {
            ({ } problem, _) => (false, problem.Reason, $"{problem.Subject}: {problem.Message}"),
            (null, null) => (null, Reason.NotObservedYet, "nothing is done for this class"),
            (null, 0) => (false, Reason.PolicyNotServedYet, "no policy server is ready yet"),
            _ => (true, Reason.AsExpected, "the policy server is ready"),
        };
        Condition[] conditions =
        [
            ConditionedStatuses.Of(entity.Status?.Conditions, nameof(ConditionType.Accepted), accepted.Holds, accepted.Reason, accepted.Message, generation, now),
            ConditionedStatuses.Of(entity.Status?.Conditions, ServingReady, serving.Holds, serving.Reason, serving.Message, generation, now),
        ];
        foreach (var changed in conditions.Where(c => entity.Status?.Conditions?.Contains(c) != true))
        {
            ReconcileLog.ClassSettled(logger, entity.Metadata.Name, changed.Type, changed.Status, changed.Reason, changed.Message);
        }

        // While an object could not be written, the class counts as not acted on, so that all is tried again.
        var status = new ConditionedStatus { ObservedGeneration = problems.IsEmpty ? generation : -1, Conditions = conditions };
        var settled = new MtaStsClass { Metadata = entity.Metadata, Spec = entity.Spec, Status = status };
        var written = await ConditionedStatuses.WriteAsync(writer, settled, entity, problems.IsEmpty ? null : RetryMissing, cancellationToken);
        return written.IsSuccess && problems.FirstOrDefault(p => !p.NeedsSomebody) is { } transient
            ? ReconciliationResult<MtaStsClass>.Failure(entity, $"{transient.Subject}: {transient.Message}", requeueAfter: transient.RetryAfter)
            : written;
    }
}
