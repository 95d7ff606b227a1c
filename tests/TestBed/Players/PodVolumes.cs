using System.Diagnostics;
using System.Text;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>The volumes of one pod, as folders; changed objects change the files after the delay.</summary>
internal sealed class PodVolumes(PodSpec pod, VolumeContent content, TimeSpan delay)
{
    private const string TokenTarget = "/var/run/secrets/kubernetes.io/serviceaccount";

    // Since when a volume's objects differ from its files, by volume name.
    private readonly Dictionary<string, long> _staleSince = [];
    private readonly Dictionary<string, string> _written = [];

    // The version of the objects that the files were last found to agree with.
    private readonly Dictionary<string, string> _agreed = [];

    /// <summary>Writes all volumes for the first time.</summary>
    /// <exception cref="PodNotReadyException">An object that is not optional does not exist.</exception>
    public void Create()
    {
        foreach (var volume in pod.Template.Volumes ?? [])
        {
            if (content.Files(pod.Namespace, volume) is { } files) Write(volume.Name, files, Fingerprint(files));
            else Directory.CreateDirectory(FolderOf(volume.Name));
        }
    }

    /// <summary>Writes the volumes whose objects have changed at least a delay ago.</summary>
    public void Refresh()
    {
        foreach (var volume in pod.Template.Volumes ?? [])
        {
            var version = content.Version(pod.Namespace, volume);
            if (_agreed.GetValueOrDefault(volume.Name) == version) continue;
            IReadOnlyDictionary<string, byte[]>? files;
            try
            {
                files = content.Files(pod.Namespace, volume);
            }
            catch (PodNotReadyException)
            {
                continue; // its object has gone: a running pod keeps the files it has
            }

            if (files is null) continue;
            var fingerprint = Fingerprint(files);
            if (_written.GetValueOrDefault(volume.Name) == fingerprint)
            {
                _staleSince.Remove(volume.Name);
                _agreed[volume.Name] = version;
                continue;
            }

            _staleSince.TryAdd(volume.Name, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(_staleSince[volume.Name]) >= delay) Write(volume.Name, files, fingerprint);
        }
    }

    /// <summary>Writes the service account's token where client libraries look for it; returns the kubeconfig's path in the container.</summary>
    /// <param name="kubeconfig">Kubeconfig of the service account.</param>
    /// <param name="token">Its token.</param>
    /// <param name="authorityPem">The API server's authority.</param>
    public string WriteServiceAccount(string kubeconfig, string token, string authorityPem)
    {
        VolumeWriter.Write(TokenFolder, new Dictionary<string, byte[]>
        {
            ["kubeconfig"] = File.ReadAllBytes(kubeconfig),
            ["token"] = Encoding.ASCII.GetBytes(token),
            ["ca.crt"] = Encoding.ASCII.GetBytes(authorityPem),
            ["namespace"] = Encoding.ASCII.GetBytes(pod.Namespace),
        });
        return $"{TokenTarget}/kubeconfig";
    }

    /// <summary>What one container sees of the volumes.</summary>
    public IEnumerable<ContainerMount> MountsOf(V1Container container)
    {
        foreach (var mount in container.VolumeMounts ?? [])
        {
            var source = string.IsNullOrEmpty(mount.SubPath)
                ? FolderOf(mount.Name)
                : Path.Combine(FolderOf(mount.Name), mount.SubPath);
            if (new FileInfo(source).ResolveLinkTarget(true) is { } file) source = file.FullName;
            if (!Path.Exists(source)) Directory.CreateDirectory(source);
            var isEmptyDir = pod.Template.Volumes.Single(volume => volume.Name == mount.Name).EmptyDir is not null;
            yield return new ContainerMount(source, mount.MountPath, mount.ReadOnlyProperty is true || !isEmptyDir);
        }

        if (Directory.Exists(TokenFolder)) yield return new ContainerMount(TokenFolder, TokenTarget, ReadOnly: true);
    }

    private string TokenFolder => FolderOf("service-account");

    private string FolderOf(string volume) => Path.Combine(pod.Folder, "volumes", volume);

    private void Write(string volume, IReadOnlyDictionary<string, byte[]> files, string fingerprint)
    {
        VolumeWriter.Write(FolderOf(volume), files);
        _written[volume] = fingerprint;
        _staleSince.Remove(volume);
    }

    private static string Fingerprint(IReadOnlyDictionary<string, byte[]> files)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(
            System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (var (path, data) in files.OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{data.Length}\0"));
            hash.AppendData(data);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
