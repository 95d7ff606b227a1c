using k8s;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>Names one object of a kind.</summary>
/// <param name="Namespace">The namespace, or null for an object of cluster scope. Never empty.</param>
/// <param name="Name">The name. Never empty.</param>
public readonly record struct ObjectKey(string? Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    public static ObjectKey Of(IKubernetesObject<V1ObjectMeta> entity) => Of(entity.Metadata);

    /// <summary>The key that metadata names.</summary>
    public static ObjectKey Of(V1ObjectMeta metadata) =>
        new(string.IsNullOrEmpty(metadata.NamespaceProperty) ? null : metadata.NamespaceProperty, metadata.Name ?? "");

    /// <summary>"namespace/name", or "name" for cluster scope.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
