using k8s;
using k8s.Models;

namespace MtaSts.Operator.Resources;

/// <summary>A resource that says where and how DNS records are written: a cluster's, or a namespace's.</summary>
public interface IDnsProviderResource : IKubernetesObject<V1ObjectMeta>, ISpec<DnsProviderSpec>, IStatus<DnsProviderStatus?>;

/// <summary>The same, as a controller needs it.</summary>
/// <typeparam name="TSelf">The resource's own type.</typeparam>
public interface IDnsProviderResource<out TSelf> : IDnsProviderResource
    where TSelf : class
{
    /// <summary>The same resource with another status.</summary>
    TSelf WithStatus(DnsProviderStatus status);
}
