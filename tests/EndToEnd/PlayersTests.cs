using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using MtaSts.TestBed;
using MtaSts.TestBed.Players;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

[Collection(ControlPlaneCollection.Name)]
public sealed class PlayersTests(ControlPlaneFixture fixture) : IAsyncLifetime
{
    private const string Image = "registry.test/reader:1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mtasts-players-");
    private KubeletPlayer? _kubelet;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ControlPlane Plane => fixture.Bed.ControlPlane;

    private KubeletPlayer Kubelet => _kubelet!;

    private string Space { get; } = $"players-{Guid.NewGuid():N}"[..16];

    public async ValueTask InitializeAsync()
    {
        if (ControlPlane.MissingReason() is not null || KubeletPlayer.MissingReason() is not null) return;
        var image = _folder.CreateSubdirectory("image").FullName;
        // Prints the file it is given whenever that has changed.
        await WriteProgramAsync(Path.Combine(image, "reader"), """
            #!/bin/sh
            trap 'echo bye; exit 0' TERM
            echo "I am $NAME of $SPACE, arguments $*"
            while :; do
              now=$(cat "$1" 2>&1)
              [ "$now" = "$last" ] || echo "read: $now"
              last=$now
              sleep 0.05
            done
            """);
        await Plane.KubectlAsync("create", "namespace", Space);
        _kubelet = await KubeletPlayer.StartAsync(
            Plane,
            new KubeletOptions { Namespaces = [Space], Images = new Dictionary<string, PlayedImage> { [Image] = new(image, "reader") } },
            Path.Combine(fixture.Bed.Folder, Space),
            fixture.Bed.Folder,
            Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_kubelet is not null)
        {
            await Plane.KubectlAsync("delete", "deployments,ingresses,services", "--all", "-n", Space, "--wait=false");
            await _kubelet.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_changed_ConfigMap_reaches_the_running_program_at_the_path_that_the_Deployment_says()
    {
        SkipUnlessPlayed();
        await ApplyMapAsync("hello");
        await ApplyReaderAsync();
        await LogHasAsync("read: hello");

        await ApplyMapAsync("good morning");

        await LogHasAsync("read: good morning");
        Assert.Contains($"I am reader of {Space}, arguments /etc/reader/texts/greeting at 127.0.0.1", Log(), StringComparison.Ordinal);
        Assert.False(Directory.Exists("/etc/reader"), "nothing of the container's root shows outside");
        Assert.Equal(0, Kubelet.Restarts(Space, "reader"));
    }

    [Fact]
    public async Task The_volume_is_laid_out_as_a_kubelet_does_it()
    {
        SkipUnlessPlayed();
        await ApplyMapAsync("hello");
        await ApplyReaderAsync();
        await LogHasAsync("read: hello");

        var volume = Directory.EnumerateDirectories(Path.Combine(fixture.Bed.Folder, Space), "texts", SearchOption.AllDirectories).First();

        Assert.Equal("..data/greeting", new FileInfo(Path.Combine(volume, "greeting")).LinkTarget);
        var data = new FileInfo(Path.Combine(volume, "..data")).LinkTarget!;
        Assert.StartsWith("..2", data, StringComparison.Ordinal);
        await ApplyMapAsync("hello again");
        await LogHasAsync("read: hello again");
        Assert.NotEqual(data, new FileInfo(Path.Combine(volume, "..data")).LinkTarget);
        Assert.False(Directory.Exists(Path.Combine(volume, data)), "the old files are removed");
    }

    [Fact]
    public async Task A_pod_whose_ConfigMap_is_missing_waits_for_it()
    {
        SkipUnlessPlayed();
        await ApplyReaderAsync(optional: false);
        await Eventually.HoldsAsync(
            () => Kubelet.Problems.GetValueOrDefault($"{Space}/reader") == "ConfigMap texts does not exist", "the problem is told");

        await ApplyMapAsync("late");

        await LogHasAsync("read: late");
        Assert.Empty(Kubelet.Problems);
    }

    [Fact]
    public async Task The_status_follows_the_readiness_probe_and_is_written_only_when_it_changes()
    {
        SkipUnlessPlayed();
        using var health = new ScriptedHealth();
        await ApplyMapAsync("hello");
        await ApplyReaderAsync(replicas: 2, healthPort: health.Port);
        await Eventually.HoldsAsync(async () => await StatusAsync() is { Replicas: 2, ReadyReplicas: null or 0 }, "two pods, none ready");
        Assert.Equal("False", (await StatusAsync()).Conditions.Single(static condition => condition.Type == "Available").Status);

        health.Healthy = true;

        await Eventually.HoldsAsync(async () => await StatusAsync() is { ReadyReplicas: 2, AvailableReplicas: 2 }, "both are ready");
        var status = await StatusAsync();
        Assert.Equal("True", status.Conditions.Single(static condition => condition.Type == "Available").Status);
        Assert.Equal((2, 1L), (status.UpdatedReplicas, status.ObservedGeneration));
        var writes = StatusWrites();
        await ApplyMapAsync("a change that is none of the status");
        await LogHasAsync("read: a change that is none of the status");
        Assert.Equal(writes, StatusWrites());
    }

    [Fact]
    public async Task A_new_template_replaces_the_old_pod_only_when_the_new_one_is_ready()
    {
        SkipUnlessPlayed();
        using var health = new ScriptedHealth { Healthy = true };
        await ApplyMapAsync("hello");
        await ApplyReaderAsync(healthPort: health.Port, name: "old");
        await Eventually.HoldsAsync(async () => await StatusAsync() is { ReadyReplicas: 1 }, "the old one is ready");
        using var newHealth = new ScriptedHealth();
        await ApplyReaderAsync(healthPort: newHealth.Port, name: "new");
        await LogHasAsync("I am new");
        await Eventually.HoldsAsync(
            async () => await StatusAsync() is { Replicas: 2, UpdatedReplicas: 1, ReadyReplicas: 1 }, "both are there");
        Assert.DoesNotContain("bye", Log(), StringComparison.Ordinal);

        newHealth.Healthy = true;

        await LogHasAsync("bye");
        await Eventually.HoldsAsync(
            async () => await StatusAsync() is { Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1 }, "the new one alone");
    }

    [Fact]
    public async Task A_killed_program_is_started_again()
    {
        SkipUnlessPlayed();
        await ApplyMapAsync("hello");
        await ApplyReaderAsync();
        await LogHasAsync("read: hello");

        Assert.Equal(1, Kubelet.Kill(Space, "reader"));

        await Eventually.HoldsAsync(() => Kubelet.Restarts(Space, "reader") == 1, "one restart");
        await Eventually.HoldsAsync(() => Log().Split("read: hello").Length == 3, "it runs a second time");
    }

    [Fact]
    public async Task A_program_acts_as_its_service_account()
    {
        SkipUnlessPlayed();
        await Plane.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: robot, namespace: {{Space}} }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: reader, namespace: {{Space}} }
            spec:
              selector: { matchLabels: { app: robot } }
              template:
                metadata: { labels: { app: robot } }
                spec:
                  serviceAccountName: robot
                  containers:
                    - name: main
                      image: {{Image}}
                      command: [sh, -c, "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; kubectl get secrets; exec sleep 3600"]
            """,
            Token);

        await LogHasAsync($"\"system:serviceaccount:{Space}:robot\" cannot list resource \"secrets\"");
        Assert.Contains(Space, Log().Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_Ingress_becomes_a_site_with_its_certificate_and_the_ready_pods_and_gets_its_address_once()
    {
        SkipUnlessPlayed();
        ConcurrentQueue<IReadOnlyList<IngressSite>> published = [];
        await using var certificates = await CertificatePlayer.StartAsync(
            Plane,
            (issuer, hosts) => Task.FromResult(($"certificate of {issuer} for {string.Join(' ', hosts)}", "key")),
            _folder.FullName,
            Token);
        await using var ingress = await IngressPlayer.StartAsync(
            Plane,
            new IngressOptions
            {
                ClassName = Space,
                Address = "198.18.0.80",
                Publish = sites =>
                {
                    published.Enqueue(sites);
                    return Task.CompletedTask;
                },
            },
            Kubelet,
            _folder.FullName,
            Token);
        using var health = new ScriptedHealth { Healthy = true };
        await ApplyMapAsync("hello");
        await ApplyReaderAsync(healthPort: health.Port);
        await Plane.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Service
            metadata: { name: web, namespace: {{Space}} }
            spec:
              selector: { app: reader }
              ports: [{ name: http, port: 80, targetPort: web, protocol: TCP }]
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: site
              namespace: {{Space}}
              annotations: { cert-manager.io/cluster-issuer: local }
            spec:
              ingressClassName: {{Space}}
              tls: [{ hosts: [mta-sts.example.test], secretName: site-tls }]
              rules:
                - host: mta-sts.example.test
                  http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] }
            """,
            Token);

        await Eventually.HoldsAsync(() => published.LastOrDefault() is [{ Upstreams.Count: 1 }], "the site has its pod");
        var site = published.Last().Single();
        Assert.Equal(
            ("mta-sts.example.test", "certificate of local for mta-sts.example.test", "key", "127.0.0.1:8080"),
            (site.Host, site.CertificatePem, site.KeyPem, site.Upstreams[0]));
        await Eventually.HoldsAsync(async () => await AddressAsync() == "198.18.0.80", "the address is in the status");

        health.Healthy = false;
        await Eventually.HoldsAsync(() => published.Last() is [{ Upstreams.Count: 0 }], "a pod that is not ready is no upstream");
        Assert.Single(Plane.Audit.Read(), entry => entry.Resource == "ingresses.networking.k8s.io/status" && entry.Namespace == Space);

        async Task<string?> AddressAsync() =>
            (await Plane.Client.NetworkingV1.ReadNamespacedIngressAsync("site", Space, cancellationToken: Token))
                .Status?.LoadBalancer?.Ingress?.FirstOrDefault()?.Ip;
    }

    [Fact]
    public async Task A_deleted_Deployment_ends_its_programs_in_good_order()
    {
        SkipUnlessPlayed();
        await ApplyMapAsync("hello");
        await ApplyReaderAsync();
        await LogHasAsync("read: hello");

        await Plane.KubectlAsync("delete", "deployment", "reader", "-n", Space);

        await LogHasAsync("bye");
    }

    private void SkipUnlessPlayed()
    {
        _ = fixture.Bed;
        if (KubeletPlayer.MissingReason() is { } reason) Assert.Skip(reason);
    }

    private Task<string> ApplyMapAsync(string greeting) => Plane.ApplyAsync(
        $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: texts, namespace: {{Space}} }
        data: { greeting: {{greeting}} }
        """,
        Token);

    private Task<string> ApplyReaderAsync(int replicas = 1, int? healthPort = null, string name = "reader", bool optional = true) =>
        Plane.ApplyAsync(
            $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: reader, namespace: {{Space}} }
            spec:
              replicas: {{replicas}}
              selector: { matchLabels: { app: reader } }
              template:
                metadata: { labels: { app: reader } }
                spec:
                  automountServiceAccountToken: false
                  containers:
                    - name: main
                      image: {{Image}}
                      args: [/etc/reader/texts/greeting, at, $(IP)]
                      ports: [{ name: web, containerPort: 8080, protocol: TCP }]
                      env:
                        - { name: NAME, value: {{name}} }
                        - { name: SPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
                        - { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
                      {{(healthPort is null ? "" : $"readinessProbe: {{ httpGet: {{ host: 127.0.0.1, port: {healthPort}, path: /ready }}, periodSeconds: 1 }}")}}
                      volumeMounts: [{ name: texts, mountPath: /etc/reader/texts }]
                  volumes:
                    - name: texts
                      projected: { sources: [{ configMap: { name: texts, optional: {{(optional ? "true" : "false")}} } }] }
            """,
            Token);

    private async Task<V1DeploymentStatus> StatusAsync() =>
        (await Plane.Client.AppsV1.ReadNamespacedDeploymentAsync("reader", Space, cancellationToken: Token)).Status;

    private int StatusWrites() =>
        Plane.Audit.Read().Count(entry => entry.Resource == "deployments.apps/status" && entry.Namespace == Space);

    private string Log() => string.Concat(
        Directory.EnumerateFiles(Kubelet.LogFolder).Order(StringComparer.Ordinal).Select(static file => Logs.Tail(file, 1000) + "\n"));

    private Task LogHasAsync(string text) =>
        Eventually.HoldsAsync(() => Log().Contains(text, StringComparison.Ordinal), $"'{text}' in the program's log");

    private static async Task WriteProgramAsync(string path, string script)
    {
        await File.WriteAllTextAsync(path, script, Token);
        await Command.OutputAsync("chmod", ["755", path], cancellationToken: Token);
    }
}
