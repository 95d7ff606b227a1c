using k8s.Models;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Players;

/// <summary>One running copy of a Deployment's template.</summary>
internal sealed class Pod
{
    private readonly List<PlayedContainer> _containers = [];

    private Pod(PodSpec spec, PodVolumes volumes)
    {
        Spec = spec;
        Volumes = volumes;
    }

    /// <summary>What it was made from.</summary>
    public PodSpec Spec { get; }

    /// <summary>Its volumes.</summary>
    public PodVolumes Volumes { get; }

    /// <summary>Whether every container is ready.</summary>
    public bool Ready => _containers.All(static container => container.Ready);

    /// <summary>The process id of its first running container.</summary>
    public int? ProcessId => _containers.Select(static container => container.ProcessId).FirstOrDefault(static id => id is not null);

    /// <summary>Restarts of all containers together.</summary>
    public int Restarts => _containers.Sum(static container => container.Restarts);

    /// <summary>Makes a pod whose volumes exist, and starts its containers.</summary>
    /// <exception cref="PodNotReadyException">Something that it needs is missing; nothing was started.</exception>
    public static Pod Start(
        PodSpec spec,
        PodVolumes volumes,
        VolumeContent content,
        KubeletOptions options,
        IReadOnlyDictionary<string, string> variables,
        string stateFolder,
        HttpClient http,
        Action changed,
        Action<string> log)
    {
        if (spec.Template.InitContainers is { Count: > 0 }) throw new PodNotReadyException("init containers are not played here");
        var pod = new Pod(spec, volumes);
        foreach (var container in spec.Template.Containers)
        {
            var environment = PodEnvironment.Of(container, variables, spec.Fields, spec.Namespace, content);
            var (image, command) = CommandOf(container, options, environment);
            pod._containers.Add(new PlayedContainer(
                container,
                spec,
                starts => StartProcess(pod, container, image, command, environment, stateFolder, starts),
                http,
                changed,
                log));
        }

        foreach (var container in pod._containers) container.Start();
        return pod;
    }

    /// <summary>SIGKILL to every process, as a crash.</summary>
    public void Crash() => _containers.ForEach(static container => container.Crash());

    /// <summary>A signal to every process.</summary>
    public void Send(Signal signal) => _containers.ForEach(container => container.Send(signal));

    /// <summary>Ends the pod within its grace period and removes its folder; the logs stay.</summary>
    public async Task StopAsync()
    {
        var grace = TimeSpan.FromSeconds(Spec.Template.TerminationGracePeriodSeconds ?? 30);
        await Task.WhenAll(_containers.Select(container => container.StopAsync(grace)));
        _containers.ForEach(static container => container.Dispose());
        if (Directory.Exists(Spec.Folder)) Directory.Delete(Spec.Folder, recursive: true);
    }

    private static ChildProcess StartProcess(
        Pod pod,
        V1Container container,
        PlayedImage image,
        List<string> command,
        Dictionary<string, string> environment,
        string stateFolder,
        int starts)
    {
        var spec = pod.Spec;
        var root = Path.Combine(spec.Folder, $"{container.Name}-{starts}");
        var previous = Path.Combine(spec.Folder, $"{container.Name}-{starts - 1}");
        if (Directory.Exists(previous)) Directory.Delete(previous, recursive: true);
        Directory.CreateDirectory(root);
        var (fileName, arguments) = ContainerRoot.Wrap(
            root,
            container.SecurityContext?.ReadOnlyRootFilesystem is true,
            [new ContainerMount(image.Folder, ContainerRoot.ImageTarget, ReadOnly: true), .. pod.Volumes.MountsOf(container)],
            command);
        return ChildProcess.Start(new ChildProcessOptions(
            $"{spec.Name}-{container.Name}",
            fileName,
            arguments,
            stateFolder,
            Path.Combine(Path.GetDirectoryName(spec.Folder)!, "logs", $"{spec.Namespace}.{spec.Name}.{container.Name}.log"))
        {
            Environment = environment,
            ClearEnvironment = true,
            NetworkNamespace = spec.Network.NetworkNamespace,
            WorkingDirectory = "/",
        });
    }

    private static (PlayedImage Image, List<string> Command) CommandOf(
        V1Container container, KubeletOptions options, Dictionary<string, string> environment)
    {
        if (!options.Images.TryGetValue(container.Image, out var image))
            throw new PodNotReadyException($"image {container.Image} is none of those that this player was given");
        // The image's entry point, unless the container says otherwise.
        IEnumerable<string> entrypoint = container.Command is { Count: > 0 } command ? command : image.Entrypoint;
        var expanded = entrypoint.Concat(container.Args ?? []).Select(word => PodEnvironment.Expand(word, environment)).ToList();
        if (expanded.Count == 0) throw new PodNotReadyException($"image {container.Image} has no entry point and the container no command");
        var program = Path.GetFileName(expanded[0]);
        if (File.Exists(Path.Combine(image.Folder, program))) expanded[0] = $"{ContainerRoot.ImageTarget}/{program}";
        return (image, expanded);
    }
}
