using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Which updates of an entity are worth a pass.</summary>
public static class ChangeFilter
{
    /// <summary>
    /// Everything but a change of status alone: generation, labels, annotations, finalizers, owners, deletion. A controller's own writes of
    /// status would otherwise each cause another pass. Kinds without a generation (ConfigMap, Secret) always pass.
    /// </summary>
    public static bool SpecOrMetadata(IKubernetesObject<V1ObjectMeta> old, IKubernetesObject<V1ObjectMeta> current) => SpecOrMetadata(old.Metadata, current.Metadata);

    /// <inheritdoc cref="SpecOrMetadata(IKubernetesObject{V1ObjectMeta}, IKubernetesObject{V1ObjectMeta})"/>
    public static bool SpecOrMetadata(V1ObjectMeta old, V1ObjectMeta current) =>
        (current.Generation ?? 0) == 0
        || old.Generation != current.Generation
        || old.DeletionTimestamp != current.DeletionTimestamp
        || !Same(old.Labels, current.Labels)
        || !Same(old.Annotations, current.Annotations)
        || !(old.Finalizers ?? []).SequenceEqual(current.Finalizers ?? [])
        || !(old.OwnerReferences ?? []).Select(o => o.Uid).SequenceEqual((current.OwnerReferences ?? []).Select(o => o.Uid));

    /// <summary>Every update.</summary>
    public static bool Everything(V1ObjectMeta old, V1ObjectMeta current) => old.ResourceVersion != current.ResourceVersion;

    private static bool Same(IDictionary<string, string>? a, IDictionary<string, string>? b)
    {
        if ((a?.Count ?? 0) != (b?.Count ?? 0))
            return false;
        return a is null || b is null || a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
    }
}
