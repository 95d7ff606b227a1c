using k8s;
using k8s.Models;
using MtaSts.Kubernetes;
using MtaSts.Operator.Serving;

namespace MtaSts.Operator.Reconcile;

/// <summary>What we manage in one serving namespace. The operator has rights in these namespaces alone, so it looks at them one by one.</summary>
public sealed class ServingCaches(ApiClient api, string space, ILogger logger, TimeProvider time)
{
    /// <summary>The documents.</summary>
    public Informer<V1ConfigMap> ConfigMaps { get; } = Of<V1ConfigMap>(api, space, logger, time);

    /// <summary>The ingresses of the policy hosts.</summary>
    public Informer<V1Ingress> Ingresses { get; } = Of<V1Ingress>(api, space, logger, time);

    /// <summary>The policy servers.</summary>
    public Informer<V1Deployment> Deployments { get; } = Of<V1Deployment>(api, space, logger, time);

    /// <summary>The Services before them.</summary>
    public Informer<V1Service> Services { get; } = Of<V1Service>(api, space, logger, time);

    /// <summary>All of them.</summary>
    public IReadOnlyList<IInformer> Informers => [ConfigMaps, Ingresses, Deployments, Services];

    /// <summary>Runs them until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        ConfigMaps.RunAsync(cancellationToken), Ingresses.RunAsync(cancellationToken),
        Deployments.RunAsync(cancellationToken), Services.RunAsync(cancellationToken));

    private static Informer<T> Of<T>(ApiClient api, string space, ILogger logger, TimeProvider time)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(api, new InformerOptions<T> { Namespace = space, LabelSelector = ServingLabels.ManagedSelector }, logger, time);
}
