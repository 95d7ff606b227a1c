using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Models;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>
/// A real etcd and a real kube-apiserver, with RBAC and an audit log of every write, on loopback. There are no controllers: nobody
/// collects garbage, empties namespaces that are being deleted, or makes default service accounts.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    /// <summary>The user that may do everything.</summary>
    public const string Administrator = "bed-admin";

    private const long TokenSeconds = 24 * 60 * 60;

    private readonly ControlPlaneOptions _options;
    private readonly ControlPlaneAssets _assets;
    private readonly ControlPlaneKeys _keys;
    private readonly string _stateFolder;
    private readonly HttpClient _http;
    private readonly Lock _files = new();
    private readonly string _etcdUrl = EtcdServer.NewUrl();
    private readonly string _etcdPeerUrl = EtcdServer.NewUrl();
    private ChildProcess? _etcd;
    private ChildProcess? _apiServer;
    private Kubernetes? _client;

    private ControlPlane(string folder, ControlPlaneOptions options, ControlPlaneAssets assets)
    {
        Folder = folder;
        _options = options;
        _assets = assets;
        _stateFolder = options.StateFolder ?? folder;
        var address = IPAddress.Parse(options.Address);
        Server = new Uri($"https://{address}:{FreePorts.Next(address)}");
        _keys = ControlPlaneKeys.Create(
            Path.Combine(folder, "keys"), address, [new ControlPlaneUser(Administrator, "system:masters"), .. options.Users]);
        AuthorityPem = File.ReadAllText(_keys.Authority);
        _http = CreateHttp(AuthorityPem, _keys.Tokens[Administrator]);
        AdminKubeconfig = KubeconfigFor(Administrator);
        Audit = new AuditLog(Path.Combine(folder, "audit.log"));
    }

    /// <summary>Absolute path of the folder with data, keys, kubeconfigs and logs.</summary>
    public string Folder { get; }

    /// <summary>Base URL of the API server; the same for the whole life.</summary>
    public Uri Server { get; }

    /// <summary>PEM of the authority that signed the API server's certificate.</summary>
    public string AuthorityPem { get; }

    /// <summary>Absolute path of the administrator's kubeconfig.</summary>
    public string AdminKubeconfig { get; }

    /// <summary>The record of every write.</summary>
    public AuditLog Audit { get; }

    /// <summary>A client with the administrator's rights; it outlives a stop and start of the API server.</summary>
    public Kubernetes Client => _client ??= CreateClient(AdminKubeconfig);

    /// <summary>Whether the API server is up (it is down between a stop and a start, and after a crash).</summary>
    public bool IsApiServerRunning => _apiServer is { HasExited: false };

    /// <summary>Why no control plane can run here (the reason for a skipped test), or null when one can.</summary>
    public static string? MissingReason() => ControlPlaneAssets.MissingReason();

    /// <summary>Starts a control plane with default options; see the other overload.</summary>
    public static Task<ControlPlane> StartAsync(string folder, CancellationToken cancellationToken) =>
        StartAsync(folder, new ControlPlaneOptions(), cancellationToken);

    /// <summary>
    /// Starts both servers and waits until they are ready: some 5 s. What an earlier control plane has left in the folder (processes,
    /// data) is removed first.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something is not installed; <see cref="MissingReason"/> says what.</exception>
    /// <exception cref="ChildProcessException">A server did not get ready; the message has the end of its log.</exception>
    public static async Task<ControlPlane> StartAsync(
        string folder, ControlPlaneOptions options, CancellationToken cancellationToken)
    {
        var assets = options.Assets ?? ControlPlaneAssets.Find() ?? throw new InvalidOperationException(MissingReason());
        folder = Path.GetFullPath(folder);
        // In a bed of several parts it is the bed that cleans up, before any part of it starts.
        if (options.StateFolder is null) PidFiles.KillLeftovers(folder);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var plane = new ControlPlane(folder, options, assets);
        try
        {
            await plane.StartEtcdAsync(cancellationToken);
            await plane.StartApiServerAsync(cancellationToken);
            return plane;
        }
        catch
        {
            await plane.StopAsync();
            throw;
        }
    }

    /// <summary>Starts the API server (again) on the same port with the same data; nothing happens when it is up.</summary>
    public Task StartApiServerAsync(CancellationToken cancellationToken) => StartApiServerAsync([], cancellationToken);

    /// <summary>The same, with further flags for this start alone.</summary>
    public async Task StartApiServerAsync(IReadOnlyList<string> flags, CancellationToken cancellationToken)
    {
        if (IsApiServerRunning) return;
        _apiServer = await ApiServer.StartAsync(
            _assets.ApiServer, Folder, _stateFolder, _keys, Server, _etcdUrl, flags, _options.ReadyDeadline, _http, cancellationToken);
    }

    /// <summary>Stops the API server, as an outage: open watches break within a second.</summary>
    public async Task StopApiServerAsync()
    {
        if (_apiServer is null) return;
        // In good order it would wait a minute for the open watches.
        await _apiServer.StopAsync(TimeSpan.FromMilliseconds(500));
        await _apiServer.DisposeAsync();
        _apiServer = null;
    }

    /// <summary>Starts etcd (again) at the same place with the same data; nothing happens when it is up.</summary>
    public async Task StartEtcdAsync(CancellationToken cancellationToken)
    {
        if (_etcd is { HasExited: false }) return;
        _etcd = await EtcdServer.StartAsync(
            _assets.Etcd, Folder, _stateFolder, _etcdUrl, _etcdPeerUrl, _options.ReadyDeadline, _http, cancellationToken);
    }

    /// <summary>Ends etcd at once, as a crash: the API server stays and has no store. What was written is there after the next start.</summary>
    public async Task StopEtcdAsync()
    {
        if (_etcd is not { } etcd) return;
        await etcd.KillAsync();
        await etcd.DisposeAsync();
        _etcd = null;
    }

    /// <summary>
    /// Makes etcd forget every version of every object but the newest. With the API server's own memory of the last ones gone too, by a restart, nobody can
    /// go on with a watch from before: it gets 410.
    /// </summary>
    public Task CompactAsync(CancellationToken cancellationToken) => EtcdServer.CompactAsync(_etcdUrl, cancellationToken);

    /// <summary>
    /// Loses everything that the API server knew, as when a cluster is built anew: etcd begins with an empty folder. Address, keys and users stay, so that
    /// clients need no new kubeconfig; a pod's token of before is good for nothing any more.
    /// </summary>
    public async Task WipeAsync(CancellationToken cancellationToken)
    {
        await StopApiServerAsync();
        await StopEtcdAsync();
        EtcdServer.Empty(Folder);
        await StartEtcdAsync(cancellationToken);
        await StartApiServerAsync(cancellationToken);
    }

    /// <summary>Absolute path of the kubeconfig of a user that was named at the start.</summary>
    /// <exception cref="ArgumentException">No such user.</exception>
    public string KubeconfigFor(string user) => _keys.Tokens.TryGetValue(user, out var token)
        ? WriteKubeconfig(user, token, Server)
        : throw new ArgumentException($"the API server was not told of user {user}", nameof(user));

    /// <summary>
    /// Absolute path of a kubeconfig for a ServiceAccount object that exists, with a token as a pod would get it, good for a day.
    /// </summary>
    public async Task<string> KubeconfigForServiceAccountAsync(
        string serviceAccountNamespace, string name, CancellationToken cancellationToken) =>
        (await ServiceAccountAsync(serviceAccountNamespace, name, Server, cancellationToken)).Kubeconfig;

    /// <summary>The same, with the token itself, for who reaches the API server at another URL.</summary>
    internal async Task<(string Kubeconfig, string Token)> ServiceAccountAsync(
        string serviceAccountNamespace, string name, Uri server, CancellationToken cancellationToken)
    {
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = TokenSeconds },
        };
        var answer = await Client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            request, name, serviceAccountNamespace, cancellationToken: cancellationToken);
        var token = answer.Status.Token;
        return (WriteKubeconfig($"system:serviceaccount:{serviceAccountNamespace}:{name}", token, server), token);
    }

    /// <summary>Starts a write that stays in flight until it is disposed.</summary>
    public async Task<HeldWrite> HoldWriteAsync(CancellationToken cancellationToken)
    {
        await ApplyAsync("apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: holder, namespace: default }\n", cancellationToken);
        var (_, token) = await ServiceAccountAsync("default", "holder", Server, cancellationToken);
        return await HeldWrite.StartAsync(Server, AuthorityPem, token, cancellationToken);
    }

    /// <summary>Runs kubectl as the administrator, whatever its exit code.</summary>
    public Task<CommandResult> TryKubectlAsync(
        IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellationToken = default) =>
        Command.RunAsync("kubectl", [.. KubectlFlags, .. arguments], input, cancellationToken: cancellationToken);

    /// <summary>Runs kubectl as the administrator and returns what it prints.</summary>
    /// <exception cref="ChildProcessException">It ended with another code than 0.</exception>
    public Task<string> KubectlAsync(params string[] arguments) => Command.OutputAsync("kubectl", [.. KubectlFlags, .. arguments]);

    /// <summary>Applies YAML of one or several objects (<c>kubectl apply --server-side</c>), overruling other field managers.</summary>
    /// <exception cref="ChildProcessException">The API server refused; the message has its words.</exception>
    public Task<string> ApplyAsync(string yaml, CancellationToken cancellationToken) =>
        Command.OutputAsync(
            "kubectl",
            [.. KubectlFlags, "apply", "--server-side", "--force-conflicts", "--field-manager=test-bed", "-f", "-"],
            yaml,
            cancellationToken: cancellationToken);

    /// <summary>Returns when every CustomResourceDefinition is established. (kubectl's wait of 1.20 fails where one has no conditions yet.)</summary>
    /// <exception cref="ChildProcessException">One was not, in <see cref="Deadlines.Start"/>.</exception>
    public async Task UntilCrdsEstablishedAsync(CancellationToken cancellationToken)
    {
        List<string> missing = [];
        var done = await Poll.UntilAsync(
            async token =>
            {
                var all = await Client.ApiextensionsV1.ListCustomResourceDefinitionAsync(cancellationToken: token);
                missing = [.. all.Items.Where(crd => crd.Status?.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) != true).Select(crd => crd.Metadata.Name)];
                return missing.Count == 0;
            },
            Deadlines.Start, cancellationToken);
        if (!done) throw new ChildProcessException($"not established after {Deadlines.Start.TotalSeconds:0} s: {string.Join(", ", missing)}");
    }

    /// <summary>Stops both servers and removes the folder, unless the options say to keep it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (!_options.Keep && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private string[] KubectlFlags => ["--kubeconfig", AdminKubeconfig, "--cache-dir", Path.Combine(Folder, "kubectl-cache")];

    private async Task StopAsync()
    {
        // The data is thrown away: nothing is gained by a shutdown in good order.
        foreach (var process in new[] { _apiServer, _etcd })
        {
            if (process is null) continue;
            await process.KillAsync();
            await process.DisposeAsync();
        }

        (_apiServer, _etcd) = (null, null);
        _client?.Dispose();
        _client = null;
        _http.Dispose();
    }

    private string WriteKubeconfig(string user, string token, Uri server)
    {
        var path = Path.Combine(Folder, "kubeconfig", user.Replace(':', '_') + ".yaml");
        lock (_files) return Kubeconfig.Write(path, server, AuthorityPem, user, token);
    }

    private static Kubernetes CreateClient(string kubeconfig)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
        config.UserAgent = "test-bed";
        return new Kubernetes(config);
    }

    private static HttpClient CreateHttp(string authorityPem, string token)
    {
        var authority = X509Certificate2.CreateFromPem(authorityPem);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
