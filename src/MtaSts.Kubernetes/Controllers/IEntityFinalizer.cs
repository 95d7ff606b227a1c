using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>What has to happen before an entity may go away.</summary>
/// <typeparam name="T">The entity's type.</typeparam>
public interface IEntityFinalizer<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The finalizer's name as it stands in metadata, for example "mta-sts.dev/policy".</summary>
    string Identifier { get; }

    /// <summary>Whether the entity is to carry the finalizer. Asked before each reconcile while it does not. Default: yes.</summary>
    bool Wants(T entity) => true;

    /// <summary>Called while the entity is being deleted and carries the finalizer. Must be safe to repeat.</summary>
    /// <returns>
    /// Success without a requeue time: done, the finalizer is removed. Success with one: not finished yet, ask again then.
    /// Failure: ask again by back-off.
    /// </returns>
    Task<ReconciliationResult<T>> FinalizeAsync(T entity, CancellationToken cancellationToken);
}
