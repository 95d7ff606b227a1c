using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>How a pass over an entity ended.</summary>
/// <typeparam name="T">The entity's type.</typeparam>
public sealed record ReconciliationResult<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    private ReconciliationResult(T entity, bool isSuccess, string? message, Exception? error, TimeSpan? requeueAfter)
    {
        Entity = entity;
        IsSuccess = isSuccess;
        ErrorMessage = message;
        Error = error;
        RequeueAfter = requeueAfter;
    }

    /// <summary>The entity as the pass left it.</summary>
    public T Entity { get; }

    /// <summary>The pass succeeded.</summary>
    public bool IsSuccess { get; }

    /// <summary>The pass failed.</summary>
    public bool IsFailure => !IsSuccess;

    /// <summary>What failed, for people; null on success.</summary>
    public string? ErrorMessage { get; }

    /// <summary>The exception behind a failure, if there was one.</summary>
    public Exception? Error { get; }

    /// <summary>When to look again; null leaves it to the resync (success) or to the back-off (failure).</summary>
    public TimeSpan? RequeueAfter { get; }

#pragma warning disable CA1000 // The factories sit on the generic type because KubeOps has them there.
    /// <summary>A pass that succeeded.</summary>
    public static ReconciliationResult<T> Success(T entity, TimeSpan? requeueAfter = null) =>
        new(entity, true, null, null, requeueAfter);

    /// <summary>A pass that failed.</summary>
    public static ReconciliationResult<T> Failure(
        T entity, string errorMessage, Exception? error = null, TimeSpan? requeueAfter = null) =>
        new(entity, false, errorMessage, error, requeueAfter);
#pragma warning restore CA1000
}
