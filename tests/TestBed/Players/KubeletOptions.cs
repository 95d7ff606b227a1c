using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>Where a pod is on the network.</summary>
/// <param name="NetworkNamespace">Name of the network namespace that its processes run in; the bed's own when null.</param>
/// <param name="Address">The pod's IP, reachable from the bed's own namespace.</param>
public sealed record PodNetwork(string? NetworkNamespace, string Address)
{
    /// <summary>The bed's own namespace and loopback: two pods there cannot listen on the same port.</summary>
    public static readonly PodNetwork Host = new(null, "127.0.0.1");
}

/// <summary>What stands for a container image: a folder of programs on this machine.</summary>
/// <param name="Folder">Absolute path. The first word of a container's command is looked up here by its last part.</param>
/// <param name="Entrypoint">The command of a container that names none; empty when the image has none.</param>
public sealed record PlayedImage(string Folder, params IReadOnlyList<string> Entrypoint);

/// <summary>How a kubelet is played.</summary>
public sealed record KubeletOptions
{
    /// <summary>Namespaces whose Deployments are run; all when empty.</summary>
    public IReadOnlyCollection<string> Namespaces { get; init; } = [];

    /// <summary>Images by their full name as the Deployment has it. A container of another image does not start.</summary>
    public required IReadOnlyDictionary<string, PlayedImage> Images { get; init; }

    /// <summary>
    /// The network of a pod, given the Deployment and the pod's slot: the lowest number from 0 up that no living pod of this player has.
    /// Asked for each pod; <see cref="PodNetwork.Host"/> by default.
    /// </summary>
    public Func<V1Deployment, int, PodNetwork> Network { get; init; } = static (_, _) => PodNetwork.Host;

    /// <summary>The URL at which a Deployment's pods are told that the API server is; its own when null, as by default.</summary>
    public Func<V1Deployment, Uri?> ApiServer { get; init; } = static _ => null;

    /// <summary>
    /// Time from a change of a ConfigMap or Secret to the change of the files. 0.2 s by default; a real kubelet takes up to a minute
    /// and more (its sync period plus its cache).
    /// </summary>
    public TimeSpan VolumeDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Variables that every container gets unless its Deployment sets them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
