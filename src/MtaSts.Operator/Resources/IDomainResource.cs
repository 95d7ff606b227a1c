using k8s;
using k8s.Models;

namespace MtaSts.Operator.Resources;

/// <summary>A resource whose status holds the state of a domain: a policy, or a retirement.</summary>
/// <typeparam name="TSelf">The resource's own type.</typeparam>
public interface IDomainResource<out TSelf> : IKubernetesObject<V1ObjectMeta>, IStatus<MtaStsPolicyStatus?>
    where TSelf : class
{
    /// <summary>The same resource with another status.</summary>
    TSelf WithStatus(MtaStsPolicyStatus status);
}
