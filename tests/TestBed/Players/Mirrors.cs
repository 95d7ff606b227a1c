using k8s;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>The mirrors of the kinds that the players read.</summary>
internal static class Mirrors
{
    public static ObjectMirror<V1Deployment> Deployments(IKubernetes client, Action changed) => new(
        async token =>
        {
            var list = await client.AppsV1.ListDeploymentForAllNamespacesAsync(cancellationToken: token);
            return (list.Metadata.ResourceVersion, list.Items);
        },
        (version, seconds, token) => client.AppsV1.WatchListDeploymentForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1ConfigMap> ConfigMaps(IKubernetes client, Action changed) => new(
        async token =>
        {
            var list = await client.CoreV1.ListConfigMapForAllNamespacesAsync(cancellationToken: token);
            return (list.Metadata.ResourceVersion, list.Items);
        },
        (version, seconds, token) => client.CoreV1.WatchListConfigMapForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Secret> Secrets(IKubernetes client, Action changed) => new(
        async token =>
        {
            var list = await client.CoreV1.ListSecretForAllNamespacesAsync(cancellationToken: token);
            return (list.Metadata.ResourceVersion, list.Items);
        },
        (version, seconds, token) => client.CoreV1.WatchListSecretForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Service> Services(IKubernetes client, Action changed) => new(
        async token =>
        {
            var list = await client.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: token);
            return (list.Metadata.ResourceVersion, list.Items);
        },
        (version, seconds, token) => client.CoreV1.WatchListServiceForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);

    public static ObjectMirror<V1Ingress> Ingresses(IKubernetes client, Action changed) => new(
        async token =>
        {
            var list = await client.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: token);
            return (list.Metadata.ResourceVersion, list.Items);
        },
        (version, seconds, token) => client.NetworkingV1.WatchListIngressForAllNamespacesAsync(
            resourceVersion: version, timeoutSeconds: seconds, cancellationToken: token),
        changed);
}
