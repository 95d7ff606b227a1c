using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Brings the world in line with an entity. One pass at a time per entity; different entities run side by side.</summary>
/// <typeparam name="T">The entity's type. Entities come from a shared cache: they must not be changed, only copied.</typeparam>
public interface IEntityController<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    /// <summary>One pass over an entity that exists and is not being deleted.</summary>
    /// <param name="entity">The entity as the cache has it; the server may already have a newer one.</param>
    /// <param name="cancellationToken">Cancelled at the pass's deadline and when the operator must end.</param>
    Task<ReconciliationResult<T>> ReconcileAsync(T entity, CancellationToken cancellationToken);

    /// <summary>The entity is gone. Called again when it fails. Not called for what was deleted while the operator was down.</summary>
    /// <param name="entity">The entity as it was last seen.</param>
    /// <param name="cancellationToken">Cancelled at the pass's deadline and when the operator must end.</param>
    Task<ReconciliationResult<T>> DeletedAsync(T entity, CancellationToken cancellationToken);
}
