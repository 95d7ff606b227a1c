using System.Collections.Concurrent;
using System.Reflection;
using k8s.Models;

namespace MtaSts.Kubernetes;

/// <summary>A resource type of the API server and the paths that lead to it.</summary>
/// <param name="Group">The API group; "" for the core group.</param>
/// <param name="Version">The version, for example "v1".</param>
/// <param name="Kind">The kind in singular, for example "ConfigMap".</param>
/// <param name="Plural">The name in paths, for example "configmaps".</param>
public sealed record ResourceKind(string Group, string Version, string Kind, string Plural)
{
    private static readonly ConcurrentDictionary<Type, ResourceKind> Known = new();

    /// <summary>"v1", or "group/version".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The kind of a type that carries <see cref="KubernetesEntityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The type does not carry the attribute.</exception>
    public static ResourceKind Of<T>() => Of(typeof(T));

    /// <summary>The kind of a type that carries <see cref="KubernetesEntityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">The type does not carry the attribute.</exception>
    public static ResourceKind Of(Type type) => Known.GetOrAdd(type, static t =>
    {
        var attribute = t.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new ArgumentException($"{t.Name} has no [KubernetesEntity].", nameof(type));
        return new ResourceKind(attribute.Group ?? "", attribute.ApiVersion, attribute.Kind, attribute.PluralName);
    });

    /// <summary>The path of the collection: of one namespace, or of the whole cluster when it is null.</summary>
    public string ListPath(string? @namespace)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        return @namespace is null ? $"{root}/{Plural}" : $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{Plural}";
    }

    /// <summary>The path of one object, or of one of its subresources.</summary>
    /// <param name="key">Which object.</param>
    /// <param name="subresource">For example "status"; null for the object itself.</param>
    public string ObjectPath(ObjectKey key, string? subresource = null)
    {
        var path = $"{ListPath(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <summary>"kind.version.group" as people write it: "MtaStsPolicy.v1alpha1.mta-sts.dev".</summary>
    public override string ToString() => Group.Length == 0 ? $"{Kind}.{Version}" : $"{Kind}.{Version}.{Group}";
}
