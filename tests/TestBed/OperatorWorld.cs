using System.Net;
using k8s;
using MtaSts.TestBed.Foreign;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Players;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>How a world with an operator is set up.</summary>
public sealed record OperatorWorldOptions
{
    /// <summary>The root of the repository: its chart is installed, and its artifacts/bin is what the images hold.</summary>
    public required string Repository { get; init; }

    /// <summary>Leave data and logs when disposed.</summary>
    public bool Keep { get; init; }

    /// <summary>The operator's replicas.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Policy hosts for which the issuer uses a root that nobody trusts.</summary>
    public IReadOnlyCollection<string> UntrustedHosts { get; init; } = [];

    /// <summary>How many pods can run at once, the operator's among them; 1 to <see cref="AddressPlan.PodCount"/>.</summary>
    public int Pods { get; init; } = 6;

    /// <summary>The owner id that the operator is given; "" for none.</summary>
    public string OwnerId { get; init; } = "bed";

    /// <summary>Further arguments of the operator.</summary>
    public IReadOnlyList<string> OperatorArguments { get; init; } = [];

    /// <summary>Further environment variables of the operator.</summary>
    public IReadOnlyDictionary<string, string> OperatorEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>The exposures that classes may use.</summary>
    public IReadOnlyList<string> Exposures { get; init; } = ["Ingress"];

    /// <summary>The namespaces of policies that the operator looks at; none for all. They are made.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Deployments whose pods reach the API server through a gate of their own.</summary>
    public IReadOnlyCollection<string> Gated { get; init; } = [];
}

/// <summary>
/// A cluster with the chart installed and everything around it: control plane, players, mail network. The operator runs under the chart's own
/// rights; what a manifest asks for from here on happens by itself.
/// </summary>
public sealed class OperatorWorld : IAsyncDisposable
{
    /// <summary>The namespace of operator and policy servers.</summary>
    public const string SystemNamespace = "mta-sts-system";

    /// <summary>The operator's Deployment.</summary>
    public const string OperatorDeployment = "mta-sts-operator";

    /// <summary>The ingress class that is played.</summary>
    public const string IngressClass = "bed";

    /// <summary>The cluster issuer that is played.</summary>
    public const string Issuer = "bed-ca";

    /// <summary>The image of the policy server, for classes.</summary>
    public const string ServerImage = "bed/mta-sts-policy-server:1";

    private const string OperatorImage = "bed/mta-sts-operator:1";

    private readonly OperatorWorldOptions _options;
    private readonly Dictionary<string, ApiServerGate> _gates = [];
    private string? _rendered; // the same in every cluster of this world

    private OperatorWorld(Bed bed, MailNetwork mail, OperatorWorldOptions options) => (Bed, Mail, _options) = (bed, mail, options);

    /// <summary>The bed that it all lives in.</summary>
    public Bed Bed { get; }

    /// <summary>DNS, web, mail.</summary>
    public MailNetwork Mail { get; }

    /// <summary>What issues the certificates.</summary>
    public CertificatePlayer Certificates { get; private set; } = null!;

    /// <summary>The gates before the API server, by Deployment.</summary>
    public IReadOnlyDictionary<string, ApiServerGate> Gates => _gates;

    /// <summary>What runs the pods.</summary>
    public KubeletPlayer Kubelet { get; private set; } = null!;

    /// <summary>Why no world can be had on this machine, or null.</summary>
    public static string? MissingReason(string repository) =>
        ControlPlane.MissingReason() ?? KubeletPlayer.MissingReason() ?? MailTools.Missing()
        ?? new[] { "mtasts", "policy-server" }
            .Where(name => !File.Exists(Path.Combine(repository, "artifacts", "bin", name)))
            .Select(name => $"artifacts/bin/{name} is not there; run script/build")
            .FirstOrDefault();

    /// <summary>Starts a world; the operator is installed and running when it returns, no class is there yet.</summary>
    /// <param name="options">How.</param>
    /// <param name="progress">Told each step.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OperatorWorld> StartAsync(OperatorWorldOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("control plane: etcd, kube-apiserver");
        var bed = await Bed.StartAsync(new BedOptions { Keep = options.Keep }, cancellationToken);
        try
        {
            progress("mail network: BIND, unbound, nginx, Postfix");
            var mail = await bed.AddAsync("mail", (b, folder, token) => MailNetwork.StartAsync(b.Id.Number, folder, token), cancellationToken);
            var world = new OperatorWorld(bed, mail, options);
            progress("players: kubelet, ingress controller, certificate issuer");
            await world.StartPlayersAsync(cancellationToken);
            progress("chart: CRDs, rights, operator");
            await world.InstallAsync(cancellationToken);
            return world;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>The ClusterDnsProvider "default" (RFC 2136 to BIND), its Secret, and the class "default" with the rollout given, as manifests.</summary>
    /// <param name="rollout">The YAML of spec.rollout, each line indented by four spaces.</param>
    /// <param name="ttlSeconds">The TTL of the provider's records.</param>
    public string ClassManifests(string rollout, int ttlSeconds = 60) => $"""
        apiVersion: v1
        kind: Secret
        metadata: {"{"} name: bind-key, namespace: {SystemNamespace} {"}"}
        stringData: {"{"} secret: "{Mail.Dns.Sha512Key.Secret}" {"}"}
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: ClusterDnsProvider
        metadata: {"{"} name: default {"}"}
        spec:
          ttl: {ttlSeconds}
          rfc2136:
            server: {Mail.Dns.PrimaryAddress}
            tsig:
              keyName: {Mail.Dns.Sha512Key.Name}
              algorithm: hmac-sha512
              secretRef: {"{"} name: bind-key, key: secret {"}"}
        ---
        {ClassManifest("default", isDefault: true, rollout)}
        """;

    /// <summary>A class that serves in the system namespace, as a manifest.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isDefault">Whether policies that name no class use it.</param>
    /// <param name="rollout">The YAML of spec.rollout, each line indented by four spaces.</param>
    public string ClassManifest(string name, bool isDefault, string rollout) => $"""
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsClass
        metadata:
          name: {name}
          annotations: {"{"} mta-sts.dev/is-default-class: "{(isDefault ? "true" : "false")}" {"}"}
        spec:
          dnsProviderRef: {"{"} name: default {"}"}
          tlsReporting: {"{"} rua: ["mailto:tls@reports.test"] {"}"}
          serving:
            namespace: {SystemNamespace}
            replicas: 2
            image: {ServerImage}
            serviceAccountName: {OperatorDeployment}-server
            exposure:
              type: Ingress
              maxNewHostsPerHour: 100000 # the issuer that is played has no limit
              ingress:
                ingressClassName: {IngressClass}
                tls: {"{"} clusterIssuer: {Issuer} {"}"}
          probes:
            allowedAddresses: ["{Mail.Plan.Subnet}"]
          rollout:
        {rollout}
        """;

    /// <summary>The process id of the running operator, or null.</summary>
    public int? OperatorProcess => Kubelet.ProcessOf(SystemNamespace, OperatorDeployment);

    /// <summary>kill -9 of the operator; the kubelet starts it again.</summary>
    public int KillOperator() => Kubelet.Kill(SystemNamespace, OperatorDeployment);

    /// <summary>
    /// The cluster is lost and built anew, with nothing in it but the chart: every object is gone, and every pod with it. DNS, mail servers and what senders
    /// remember stay. Classes and policies are the caller's to apply again.
    /// </summary>
    /// <param name="progress">Told each step.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RebuildAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        progress("etcd is emptied, the pods are killed");
        await Bed.ControlPlane.WipeAsync(cancellationToken);

        // A Deployment of the same name must not be taken for the one before: its pods have tokens of a cluster that is no more.
        var gone = await Poll.UntilAsync(
            _ =>
            {
                Kubelet.CrashEnding();
                return Task.FromResult(!Kubelet.AnyPods);
            },
            Deadlines.Work, cancellationToken);
        if (!gone)
        {
            throw new ChildProcessException($"the pods of the lost cluster did not end in {Deadlines.Work.TotalSeconds:0} s{Troubles()}");
        }

        progress("chart: CRDs, rights, operator");
        await InstallAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Bed.DisposeAsync();

    private async Task StartPlayersAsync(CancellationToken cancellationToken)
    {
        var pods = new PodNetwork[_options.Pods];
        for (var slot = 0; slot < pods.Length; slot++)
        {
            pods[slot] = await Mail.AddPodAsync(slot, cancellationToken);
        }

        foreach (var gated in _options.Gated)
        {
            _gates[gated] = await Bed.AddAsync($"gate-{gated}", (bed, _, _) => Task.FromResult(ApiServerGate.To(bed.ControlPlane.Server)), cancellationToken);
        }

        var bin = Path.Combine(_options.Repository, "artifacts", "bin");
        var kubelet = new KubeletOptions
        {
            Namespaces = [SystemNamespace],
            Images = new Dictionary<string, PlayedImage>
            {
                [OperatorImage] = new(bin, "/mtasts"),
                [ServerImage] = new(bin, "/policy-server"),
            },
            // The operator needs the API server on loopback; the policy servers must be reachable for nginx.
            Network = (deployment, slot) => deployment.Metadata.Name.StartsWith(OperatorDeployment, StringComparison.Ordinal) ? PodNetwork.Host : pods[slot],
            ApiServer = deployment => _gates.GetValueOrDefault(deployment.Metadata.Name)?.Address,
        };
        Kubelet = await Bed.AddAsync("kubelet", (bed, folder, token) => KubeletPlayer.StartAsync(bed, kubelet, folder, token), cancellationToken);
        var ingress = new IngressOptions
        {
            ClassName = IngressClass,
            Address = Mail.Web.EndPoint.Address.ToString(),
            Publish = sites => Mail.Web.SetSitesAsync(sites, CancellationToken.None),
        };
        await Bed.AddAsync(
            "ingress", (bed, folder, token) => IngressPlayer.StartAsync(bed.ControlPlane, ingress, Kubelet, folder, token), cancellationToken);
        await Bed.AddAsync("namespaces", (bed, folder, token) => NamespacePlayer.StartAsync(bed.ControlPlane, folder, token), cancellationToken);
        Certificates = await Bed.AddAsync(
            "certificates", (bed, folder, token) => CertificatePlayer.StartAsync(bed.ControlPlane, IssueAsync, folder, token), cancellationToken);
    }

    private Task<(string CertificatePem, string KeyPem)> IssueAsync(string issuer, IReadOnlyList<string> hosts)
    {
        var authority = hosts.Any(_options.UntrustedHosts.Contains) ? Mail.UntrustedCa : Mail.Ca;
        var issued = authority.Issue([.. hosts]);
        return Task.FromResult((issued.CertificatePem, issued.KeyPem));
    }

    private async Task InstallAsync(CancellationToken cancellationToken)
    {
        await Bed.ControlPlane.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {"{"} name: {SystemNamespace} {"}"}\n", cancellationToken);
        foreach (var watched in _options.WatchNamespaces)
        {
            await Bed.ControlPlane.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {"{"} name: {watched} {"}"}\n", cancellationToken);
        }

        await Bed.ControlPlane.KubectlAsync("create", "configmap", "bed-ca", "-n", SystemNamespace, $"--from-file=ca.crt={Mail.Ca.RootPath}");
        var chart = Path.Combine(_options.Repository, "charts", "mta-sts-operator");

        // As Helm does it: created, not applied. API servers before 1.25 drop the CEL rules in them, and refuse them in a server-side apply.
        await Bed.ControlPlane.KubectlAsync("create", "--validate=false", "-f", Path.Combine(chart, "crds"));

        // A cluster that was lost has lost these as well.
        await ForeignCrds.InstallCertManagerAsync(Bed.ControlPlane, cancellationToken);
        _rendered ??= await RenderAsync(chart, cancellationToken);
        await Bed.ControlPlane.UntilCrdsEstablishedAsync(cancellationToken);

        await Bed.ControlPlane.ApplyAsync(_rendered, cancellationToken);
        var rollout = await Bed.ControlPlane.TryKubectlAsync(
            ["rollout", "status", $"--timeout={Deadlines.Work.TotalSeconds}s", "-n", SystemNamespace, $"deployment/{OperatorDeployment}"], cancellationToken: cancellationToken);
        if (!rollout.Succeeded)
        {
            throw new ChildProcessException($"the operator did not start: {rollout.Error}{Troubles()}");
        }
    }

    private async Task<string> RenderAsync(string chart, CancellationToken cancellationToken)
    {
        var values = Path.Combine(Bed.Folder, "values.yaml");
        await File.WriteAllTextAsync(values, Values(), cancellationToken);
        var server = await Bed.ControlPlane.Client.Version.GetCodeAsync(cancellationToken);
        return await Command.OutputAsync(
            Path.Combine(_options.Repository, "script", "lib", "render-chart"),
            [chart, "--namespace", SystemNamespace, "--name", OperatorDeployment, "--kube-version", server.GitVersion, "-f", values],
            cancellationToken: cancellationToken);
    }

    /// <summary>What the kubelet could not do, and the ends of the pods' logs: for whoever has to find out why something did not come up.</summary>
    public string Troubles() =>
        string.Concat(Kubelet.Problems.Select(p => $"\n{p.Key}: {p.Value}"))
        + string.Concat(Directory.EnumerateFiles(Kubelet.LogFolder).Order(StringComparer.Ordinal).Select(f => $"\n--- {Path.GetFileName(f)}\n{Logs.Tail(f, 15)}"));

    // A pod has its ports to itself; the operator's here shares those of the machine with the operators of other beds.
    private string Values() => $"""
        image: {"{"} repository: bed/mta-sts-operator, tag: "1" {"}"}
        replicas: {_options.Replicas}
        ownerId: "{_options.OwnerId}"
        healthPort: {FreePorts.Next(IPAddress.Loopback)}
        resolvers: ["{Mail.Dns.ResolverAddress}"]
        trustRoots: {"{"} configMap: bed-ca, key: ca.crt {"}"}
        extraArgs:
        {string.Concat(_options.OperatorArguments.Select(a => $"  - {a}\n"))}
        extraEnv: [{string.Join(", ", _options.OperatorEnvironment.Select(v => $"{"{"} name: {v.Key}, value: \"{v.Value}\" {"}"}"))}]
        rbac: {"{"} exposures: [{string.Join(", ", _options.Exposures)}], watchNamespaces: [{string.Join(", ", _options.WatchNamespaces)}] {"}"}
        defaultClass: {"{"} create: false {"}"}
        """;
}
