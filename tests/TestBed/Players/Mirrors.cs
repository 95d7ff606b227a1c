using k8s;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>The mirrors of the kinds that the players read.</summary>
internal static class Mirrors
{
    public static ObjectMirror<V1Deployment> Deployments(IKubernetes client, Action changed) => Of<V1Deployment, V1DeploymentList>(
        token => client.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: token),
        (version, seconds, token) => client.AppsV1.WatchListDeploymentForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1ConfigMap> ConfigMaps(IKubernetes client, Action changed) => Of<V1ConfigMap, V1ConfigMapList>(
        token => client.CoreV1.ListConfigMapForAllNamespacesAsync(cancellationToken: token),
        (version, seconds, token) => client.CoreV1.WatchListConfigMapForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Secret> Secrets(IKubernetes client, Action changed) => Of<V1Secret, V1SecretList>(
        token => client.CoreV1.ListSecretForAllNamespacesAsync(cancellationToken: token),
        (version, seconds, token) => client.CoreV1.WatchListSecretForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Service> Services(IKubernetes client, Action changed) => Of<V1Service, V1ServiceList>(
        token => client.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: token),
        (version, seconds, token) => client.CoreV1.WatchListServiceForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Ingress> Ingresses(IKubernetes client, Action changed) => Of<V1Ingress, V1IngressList>(
        token => client.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: token),
        (version, seconds, token) => client.NetworkingV1.WatchListIngressForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Namespace> Namespaces(IKubernetes client, Action changed) => Of<V1Namespace, V1NamespaceList>(
        token => client.CoreV1.ListNamespaceAsync(cancellationToken: token),
        (version, seconds, token) => client.CoreV1.WatchListNamespaceAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    private static ObjectMirror<T> Of<T, TList>(
        Func<CancellationToken, Task<TList>> list,
        Func<string, int, CancellationToken, IAsyncEnumerable<(WatchEventType, T)>> watch,
        Action changed)
        where T : class, IKubernetesObject<V1ObjectMeta>
        where TList : IMetadata<V1ListMeta>, IItems<T> => new(
        async token =>
        {
            var listed = await list(token);
            return (listed.Metadata.ResourceVersion, listed.Items);
        },
        watch,
        changed);
}
