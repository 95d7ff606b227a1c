using System.Collections.Concurrent;
using k8s.Autorest;
using k8s.Models;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Plays the kubelet and the Deployment controller: it runs what the Deployments say as processes of this machine, each with a root of its
/// own in which the volumes are at their paths (see <see cref="ContainerRoot"/>), keeps ConfigMap and Secret volumes up to date,
/// asks the readiness probes, rolls a changed template (a new pod first; when it is ready an old one ends), and writes the Deployments' status.
/// It decides nothing: all it does is in the objects. Not played: init containers, liveness probes, users, limits.
/// </summary>
public sealed class KubeletPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly ControlPlane _controlPlane;
    private readonly KubeletOptions _options;
    private readonly string _folder;
    private readonly string _stateFolder;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<V1Deployment> _deployments;
    private readonly ObjectMirror<V1ConfigMap> _configMaps;
    private readonly ObjectMirror<V1Secret> _secrets;
    private readonly VolumeContent _content;
    private readonly DeploymentStatusWriter _status;
    private readonly HttpClient _http = PodHttp.Create();
    private readonly Lock _podsLock = new();
    private readonly List<Pod> _pods = [];
    private readonly ConcurrentDictionary<Pod, Task> _stopping = new();
    private readonly Dictionary<string, string> _problems = [];
    private int _podCounter;

    private KubeletPlayer(ControlPlane controlPlane, KubeletOptions options, string folder, string stateFolder)
    {
        _controlPlane = controlPlane;
        _options = options;
        _folder = folder;
        _stateFolder = stateFolder;
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        _loop = new PlayerLoop(Path.Combine(folder, "kubelet.log"));
        _deployments = Mirrors.Deployments(controlPlane.Client, _loop.Wake);
        _configMaps = Mirrors.ConfigMaps(controlPlane.Client, _loop.Wake);
        _secrets = Mirrors.Secrets(controlPlane.Client, _loop.Wake);
        _content = new VolumeContent(_configMaps, _secrets);
        _status = new DeploymentStatusWriter(controlPlane.Client);
    }

    /// <summary>Raised when a pod has become ready or ceased to be, or has gone; must not block.</summary>
    public event Action? PodsChanged;

    /// <summary>Folder with a log for each container, <c>NAMESPACE.POD.CONTAINER.log</c>.</summary>
    public string LogFolder => Path.Combine(_folder, "logs");

    /// <summary>Why containers cannot be played on this machine, or null when they can.</summary>
    public static string? MissingReason() => ContainerRoot.MissingReason();

    /// <summary>Starts to play.</summary>
    /// <param name="controlPlane">Whose Deployments.</param>
    /// <param name="options">Which, and how.</param>
    /// <param name="folder">A folder for pods and logs.</param>
    /// <param name="stateFolder">The bed's folder, for the pid files.</param>
    /// <param name="cancellationToken">Ends the wait for the first lists.</param>
    public static async Task<KubeletPlayer> StartAsync(
        ControlPlane controlPlane, KubeletOptions options, string folder, string stateFolder, CancellationToken cancellationToken)
    {
        if (MissingReason() is { } reason) throw new InvalidOperationException(reason);
        var player = new KubeletPlayer(controlPlane, options, folder, stateFolder);
        await Task.WhenAll(player._deployments.Listed, player._configMaps.Listed, player._secrets.Listed)
            .WaitAsync(cancellationToken);
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Starts to play as a part of a bed; see the other overload. To be given to <see cref="Bed.AddAsync"/>.</summary>
    public static Task<KubeletPlayer> StartAsync(
        Bed bed, KubeletOptions options, string folder, CancellationToken cancellationToken) =>
        StartAsync(bed.ControlPlane, options, folder, bed.Folder, cancellationToken);

    /// <summary>
    /// Addresses, each <c>ip:port</c>, of the ready pods that a Service selects, in the order of the pods' names; the port is the one that
    /// the Service's port (by number or name) leads to.
    /// </summary>
    public IReadOnlyList<string> ReadyEndpoints(V1Service service, V1ServiceBackendPort port)
    {
        var servicePort = service.Spec.Ports.FirstOrDefault(candidate =>
            port.Name is { Length: > 0 } name ? candidate.Name == name : candidate.Port == port.Number);
        if (servicePort is null || service.Spec.Selector is not { Count: > 0 } selector) return [];
        lock (_podsLock)
        {
            return
            [
                .. _pods.Where(pod => pod.Ready && pod.Spec.Namespace == service.Metadata.NamespaceProperty &&
                        Selects(selector, pod.Spec.Deployment.Spec.Template.Metadata.Labels))
                    .OrderBy(static pod => pod.Spec.Name, StringComparer.Ordinal)
                    .Select(pod => (pod.Spec.Network.Address, Port: TargetPort(servicePort, pod.Spec.Template)))
                    .Where(static target => target.Port is not null)
                    .Select(static target => $"{target.Address}:{target.Port}"),
            ];
        }
    }

    /// <summary>SIGKILL to every process of a Deployment, as a crash; they are started again after a back-off. Returns the number of pods.</summary>
    public int Kill(string deploymentNamespace, string name)
    {
        var pods = PodsOf(deploymentNamespace, name);
        pods.ForEach(static pod => pod.Crash());
        return pods.Count;
    }

    /// <summary>A signal to every process of a Deployment, such as <see cref="Signal.Stop"/> to let it hang. Returns the number of pods.</summary>
    public int Send(string deploymentNamespace, string name, Signal signal)
    {
        var pods = PodsOf(deploymentNamespace, name);
        pods.ForEach(pod => pod.Send(signal));
        return pods.Count;
    }

    /// <summary>The process id of the first running container of a Deployment's pods; null when none runs.</summary>
    public int? ProcessOf(string deploymentNamespace, string name) =>
        PodsOf(deploymentNamespace, name).Select(static pod => pod.ProcessId).FirstOrDefault(static id => id is not null);

    /// <summary>SIGKILL to every process that is ending, whatever its grace period: its node is gone.</summary>
    public void CrashEnding()
    {
        foreach (var pod in _stopping.Keys) pod.Crash();
    }

    /// <summary>Whether there are pods of any Deployment, running or ending.</summary>
    public bool AnyPods
    {
        get
        {
            lock (_podsLock) return _pods.Count > 0 || _stopping.Values.Any(static stop => !stop.IsCompleted);
        }
    }

    /// <summary>Restarts of all containers of a Deployment's living pods.</summary>
    public int Restarts(string deploymentNamespace, string name) => PodsOf(deploymentNamespace, name).Sum(static pod => pod.Restarts);

    /// <summary>Why pods could not be started, by Deployment (<c>NAMESPACE/NAME</c>), as of the last pass.</summary>
    public IReadOnlyDictionary<string, string> Problems
    {
        get
        {
            lock (_podsLock) return new Dictionary<string, string>(_problems);
        }
    }

    /// <summary>Stops all pods.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _deployments.DisposeAsync();
        await _configMaps.DisposeAsync();
        await _secrets.DisposeAsync();
        foreach (var pod in _pods.ToList()) Retire(pod);
        await Task.WhenAll(_stopping.Values);
        _http.Dispose();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var wanted = _deployments.All.Where(Plays).ToDictionary(static deployment => Key(deployment.Metadata));
        foreach (var pod in _pods.Where(pod => !wanted.ContainsKey(Key(pod.Spec.Deployment.Metadata))).ToList()) Retire(pod);
        foreach (var pod in _pods) pod.Volumes.Refresh();
        foreach (var deployment in wanted.Values.OrderBy(static deployment => Key(deployment.Metadata), StringComparer.Ordinal))
        {
            await RollAsync(deployment, cancellationToken);
            var pods = PodsOf(deployment.Metadata.NamespaceProperty, deployment.Metadata.Name);
            var hash = PodSpec.HashOf(deployment.Spec.Template);
            await _status.WriteAsync(
                deployment,
                pods.Count,
                pods.Count(pod => pod.Spec.TemplateHash == hash),
                pods.Count(static pod => pod.Ready),
                cancellationToken);
        }

        foreach (var (pod, stop) in _stopping)
        {
            if (stop.IsCompleted) _stopping.TryRemove(pod, out _);
        }
    }

    /// <summary>One step towards as many pods of the newest template as the Deployment wants.</summary>
    private async Task RollAsync(V1Deployment deployment, CancellationToken cancellationToken)
    {
        var hash = PodSpec.HashOf(deployment.Spec.Template);
        var replicas = deployment.Spec.Replicas ?? 1;
        var all = PodsOf(deployment.Metadata.NamespaceProperty, deployment.Metadata.Name);
        var fresh = all.Where(pod => pod.Spec.TemplateHash == hash).ToList();
        var old = all.Except(fresh).ToList();
        if (deployment.Spec.Strategy?.Type == "Recreate")
        {
            old.ForEach(Retire);
            // A pod that is still ending counts: the next one starts after it.
            if (old.Count > 0 || _stopping.Keys.Any(pod => SameDeployment(pod, deployment))) return;
        }

        // One more than wanted while old ones are left, so that the number of ready pods never falls.
        var most = replicas + (old.Count > 0 ? 1 : 0);
        while (fresh.Count < replicas && fresh.Count + old.Count < most)
        {
            if (await TryStartAsync(deployment, hash, cancellationToken) is not { } started) break;
            fresh.Add(started);
        }

        foreach (var pod in fresh.Skip(replicas)) Retire(pod);
        // An old pod ends when it is of no use (not ready), or when a ready new one stands for it.
        var spare = fresh.Count(static pod => pod.Ready) + old.Count(static pod => pod.Ready) - replicas;
        foreach (var pod in old)
        {
            if (!pod.Ready && (fresh.Count > 0 || replicas == 0)) Retire(pod);
            else if (spare-- > 0) Retire(pod);
        }
    }

    private async Task<Pod?> TryStartAsync(V1Deployment deployment, string hash, CancellationToken cancellationToken)
    {
        var slots = _pods.Concat(_stopping.Keys).Select(static pod => pod.Spec.Slot).ToHashSet();
        var slot = Enumerable.Range(0, int.MaxValue).First(candidate => !slots.Contains(candidate));
        var name = $"{deployment.Metadata.Name}-{hash}-{++_podCounter}";
        var spec = new PodSpec(
            deployment, name, hash, slot, _options.Network(deployment, slot),
            Path.Combine(_folder, $"{deployment.Metadata.NamespaceProperty}.{name}"));
        var key = Key(deployment.Metadata);
        try
        {
            var volumes = new PodVolumes(spec, _content, _options.VolumeDelay);
            volumes.Create();
            var variables = await ServiceAccountVariablesAsync(spec, volumes, cancellationToken);
            var pod = Pod.Start(spec, volumes, _content, _options, variables, _stateFolder, _http, OnReadinessChanged, _loop.Log);
            lock (_podsLock)
            {
                _pods.Add(pod);
                _problems.Remove(key);
            }

            _loop.Log($"started {spec.Namespace}/{name} at {spec.Network.Address}");
            return pod;
        }
        catch (PodNotReadyException problem)
        {
            Discard(spec);
            lock (_podsLock)
            {
                if (_problems.GetValueOrDefault(key) != problem.Message) _loop.Log($"cannot start {key}: {problem.Message}");
                _problems[key] = problem.Message;
            }

            return null;
        }
        catch
        {
            Discard(spec);
            throw;
        }
    }

    /// <summary>Removes what there is of a pod that did not start; its number is given again.</summary>
    private void Discard(PodSpec spec)
    {
        _podCounter--;
        if (Directory.Exists(spec.Folder)) Directory.Delete(spec.Folder, recursive: true);
    }

    private async Task<Dictionary<string, string>> ServiceAccountVariablesAsync(
        PodSpec spec, PodVolumes volumes, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(_options.Environment);
        if (spec.Template.AutomountServiceAccountToken is false) return variables;
        try
        {
            var server = _options.ApiServer(spec.Deployment) ?? _controlPlane.Server;
            var (kubeconfig, token) = await _controlPlane.ServiceAccountAsync(spec.Namespace, spec.ServiceAccount, server, cancellationToken);
            variables["KUBECONFIG"] = volumes.WriteServiceAccount(kubeconfig, token, _controlPlane.AuthorityPem);
            variables["KUBERNETES_SERVICE_HOST"] = server.Host;
            variables["KUBERNETES_SERVICE_PORT"] = $"{server.Port}";
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Nobody makes the service account named default here; who names another one means it.
            if (spec.ServiceAccount != "default")
                throw new PodNotReadyException($"service account {spec.ServiceAccount} does not exist");
        }

        return variables;
    }

    private void Retire(Pod pod)
    {
        lock (_podsLock) _pods.Remove(pod);
        _loop.Log($"stopping {pod.Spec.Namespace}/{pod.Spec.Name}");
        // First out of the endpoints, then the signal.
        PodsChanged?.Invoke();
        _stopping[pod] = pod.StopAsync();
    }

    private void OnReadinessChanged()
    {
        _loop.Wake();
        PodsChanged?.Invoke();
    }

    private bool Plays(V1Deployment deployment) =>
        deployment.Metadata.DeletionTimestamp is null &&
        (_options.Namespaces.Count == 0 || _options.Namespaces.Contains(deployment.Metadata.NamespaceProperty));

    private List<Pod> PodsOf(string deploymentNamespace, string name)
    {
        lock (_podsLock) return [.. _pods.Where(pod => Key(pod.Spec.Deployment.Metadata) == $"{deploymentNamespace}/{name}")];
    }

    private static bool SameDeployment(Pod pod, V1Deployment deployment) =>
        Key(pod.Spec.Deployment.Metadata) == Key(deployment.Metadata);

    private static string Key(V1ObjectMeta metadata) => $"{metadata.NamespaceProperty}/{metadata.Name}";

    private static bool Selects(IDictionary<string, string> selector, IDictionary<string, string>? labels) =>
        labels is not null && selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static string? TargetPort(V1ServicePort port, V1PodSpec template)
    {
        var target = port.TargetPort?.ToString();
        if (string.IsNullOrEmpty(target)) return $"{port.Port}";
        return int.TryParse(target, out _)
            ? target
            : template.Containers.SelectMany(static container => container.Ports ?? [])
                .FirstOrDefault(candidate => candidate.Name == target)?.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
