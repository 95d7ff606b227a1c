using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>Works out the variables of a container, and puts them into its command where it refers to them.</summary>
internal static partial class PodEnvironment
{
    /// <summary>The variables of one container, in the order of the Deployment: later ones may refer to earlier ones.</summary>
    /// <param name="container">The container.</param>
    /// <param name="defaults">Variables that it may override.</param>
    /// <param name="pod">The pod's own fields by their path, such as <c>metadata.namespace</c>.</param>
    /// <param name="podNamespace">Where its ConfigMaps and Secrets are.</param>
    /// <param name="content">Reads these.</param>
    /// <exception cref="PodNotReadyException">An object or key that is not optional does not exist.</exception>
    public static Dictionary<string, string> Of(
        V1Container container,
        IReadOnlyDictionary<string, string> defaults,
        IReadOnlyDictionary<string, string> pod,
        string podNamespace,
        VolumeContent content)
    {
        var variables = new Dictionary<string, string>(defaults);
        foreach (var source in container.EnvFrom ?? [])
        {
            var (name, data, optional) = source.ConfigMapRef is { } map
                ? ($"ConfigMap {map.Name}", content.ConfigMapData(podNamespace, map.Name), map.Optional)
                : ($"Secret {source.SecretRef.Name}", content.SecretData(podNamespace, source.SecretRef.Name), source.SecretRef.Optional);
            if (data is null && optional is not true) throw new PodNotReadyException($"{name} does not exist");
            foreach (var (key, value) in data ?? new Dictionary<string, byte[]>())
                variables[source.Prefix + key] = Encoding.UTF8.GetString(value);
        }

        foreach (var variable in container.Env ?? [])
        {
            var value = variable.ValueFrom is { } from ? Resolve(from) : Expand(variable.Value ?? "", variables);
            if (value is not null) variables[variable.Name] = value;
        }

        return variables;

        string? Resolve(V1EnvVarSource from)
        {
            if (from.FieldRef is { } field)
            {
                return pod.TryGetValue(field.FieldPath, out var value)
                    ? value
                    : throw new PodNotReadyException($"field {field.FieldPath} is not played here");
            }

            if (from.ConfigMapKeyRef is { } map)
                return Key($"ConfigMap {map.Name}", content.ConfigMapData(podNamespace, map.Name), map.Key, map.Optional);
            if (from.SecretKeyRef is { } secret)
                return Key($"Secret {secret.Name}", content.SecretData(podNamespace, secret.Name), secret.Key, secret.Optional);
            throw new PodNotReadyException("a variable's source is not played here");
        }
    }

    /// <summary>Replaces <c>$(NAME)</c> by the variable's value; an unknown name stays as it is, and <c>$$(</c> is a plain <c>$(</c>.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) =>
        Reference().Replace(text, match =>
            match.Value.StartsWith("$$", StringComparison.Ordinal) ? match.Value[1..]
            : variables.TryGetValue(match.Groups[1].Value, out var value) ? value
            : match.Value);

    private static string? Key(string source, IReadOnlyDictionary<string, byte[]>? data, string key, bool? optional) =>
        data is not null && data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value)
        : optional is true ? null
        : throw new PodNotReadyException($"{source} has no key {key}");

    [GeneratedRegex(@"\$?\$\(([A-Za-z_.][A-Za-z0-9_.-]*)\)")]
    private static partial Regex Reference();
}
