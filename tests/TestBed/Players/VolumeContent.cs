using System.Text;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>A pod cannot start yet; the message says what is missing. It is tried again.</summary>
internal sealed class PodNotReadyException(string message) : Exception(message);

/// <summary>Works out the files of a volume from the objects that it names.</summary>
internal sealed class VolumeContent(ObjectMirror<V1ConfigMap> configMaps, ObjectMirror<V1Secret> secrets)
{
    /// <summary>The files by relative path; null for a volume that starts empty and belongs to the pod (emptyDir).</summary>
    /// <exception cref="PodNotReadyException">An object or key that is not optional does not exist, or the volume's kind is not played.</exception>
    public IReadOnlyDictionary<string, byte[]>? Files(string podNamespace, V1Volume volume)
    {
        if (volume.EmptyDir is not null) return null;
        var files = new Dictionary<string, byte[]>();
        if (volume.ConfigMap is { } map)
        {
            Add(files, $"ConfigMap {map.Name}", ConfigMapData(podNamespace, map.Name), map.Items, map.Optional);
        }
        else if (volume.Secret is { } secret)
        {
            Add(files, $"Secret {secret.SecretName}", SecretData(podNamespace, secret.SecretName), secret.Items, secret.Optional);
        }
        else if (volume.Projected is { } projected)
        {
            foreach (var source in projected.Sources ?? []) AddSource(files, podNamespace, volume.Name, source);
        }
        else
        {
            throw new PodNotReadyException($"volume {volume.Name}: its kind is not played here");
        }

        return files;
    }

    /// <summary>Names and versions of the objects that a volume takes its files from: while it is the same, the files are too.</summary>
    public string Version(string podNamespace, V1Volume volume)
    {
        IEnumerable<string?> names = [volume.ConfigMap?.Name, .. (volume.Projected?.Sources ?? []).Select(static source => source.ConfigMap?.Name)];
        IEnumerable<string?> secretNames =
            [volume.Secret?.SecretName, .. (volume.Projected?.Sources ?? []).Select(static source => source.Secret?.Name)];
        return string.Join(';', [
            .. names.Select(name => name is null ? "" : configMaps.Find(podNamespace, name)?.Metadata.ResourceVersion),
            .. secretNames.Select(name => name is null ? "" : secrets.Find(podNamespace, name)?.Metadata.ResourceVersion)]);
    }

    /// <summary>The keys of a ConfigMap, or null when it does not exist.</summary>
    public IReadOnlyDictionary<string, byte[]>? ConfigMapData(string podNamespace, string name)
    {
        if (configMaps.Find(podNamespace, name) is not { } map) return null;
        var data = (map.Data ?? new Dictionary<string, string>())
            .ToDictionary(static pair => pair.Key, static pair => Encoding.UTF8.GetBytes(pair.Value));
        foreach (var (key, value) in map.BinaryData ?? new Dictionary<string, byte[]>()) data[key] = value;
        return data;
    }

    /// <summary>The keys of a Secret, or null when it does not exist.</summary>
    public IReadOnlyDictionary<string, byte[]>? SecretData(string podNamespace, string name) =>
        secrets.Find(podNamespace, name) is { } secret
            ? (secret.Data ?? new Dictionary<string, byte[]>()).ToDictionary(static pair => pair.Key, static pair => pair.Value)
            : null;

    private void AddSource(Dictionary<string, byte[]> files, string podNamespace, string volume, V1VolumeProjection source)
    {
        if (source.ConfigMap is { } map)
            Add(files, $"ConfigMap {map.Name}", ConfigMapData(podNamespace, map.Name), map.Items, map.Optional);
        else if (source.Secret is { } secret)
            Add(files, $"Secret {secret.Name}", SecretData(podNamespace, secret.Name), secret.Items, secret.Optional);
        else
            throw new PodNotReadyException($"volume {volume}: a projection of this kind is not played here");
    }

    private static void Add(
        Dictionary<string, byte[]> files,
        string source,
        IReadOnlyDictionary<string, byte[]>? data,
        IList<V1KeyToPath>? items,
        bool? optional)
    {
        if (data is null)
        {
            if (optional is true) return;
            throw new PodNotReadyException($"{source} does not exist");
        }

        if (items is not { Count: > 0 })
        {
            foreach (var (key, value) in data) files[key] = value;
            return;
        }

        foreach (var item in items)
        {
            if (data.TryGetValue(item.Key, out var value)) files[item.Path] = value;
            else if (optional is not true) throw new PodNotReadyException($"{source} has no key {item.Key}");
        }
    }
}
