using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Reconcile;

/// <summary>The statuses of classes and providers, whose substance is their conditions.</summary>
internal static class ConditionedStatuses
{
    /// <summary>One condition, its transition time kept while its status stays.</summary>
    public static Condition Of(IReadOnlyList<Condition>? before, string type, bool? holds, Reason reason, string message, long generation, DateTimeOffset now)
    {
        var status = holds switch { true => "True", false => "False", null => "Unknown" };
        var old = Condition.Find(before, type);
        return new Condition
        {
            Type = type,
            Status = status,
            Reason = reason.ToString(),
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        };
    }

    /// <summary>Writes the status if it differs. True when it is written or was so already.</summary>
    /// <exception cref="RetryLaterException">The API server is away or overloaded.</exception>
    public static async Task<ReconciliationResult<T>> WriteAsync<T>(
        ServerSideApply writer, T entity, T current, TimeSpan? wait, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var outcome = await writer.UpdateStatusAsync(entity, current, cancellationToken);
        if (outcome is WriteOutcome.Unavailable away)
        {
            throw new RetryLaterException($"status: {away}", away.RetryAfter);
        }

        return outcome.IsSuccess || outcome is WriteOutcome.NotFound
            ? ReconciliationResult<T>.Success(entity, wait)
            : ReconciliationResult<T>.Failure(entity, $"status: {outcome}");
    }
}
