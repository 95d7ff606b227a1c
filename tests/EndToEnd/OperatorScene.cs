using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MtaSts.Core.Sts;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>A world with an operator and what tests need to make domains in it, change them, and see what became of them.</summary>
internal sealed partial class OperatorScene : IAsyncDisposable
{
    /// <summary>The mail server of every domain that needs no other.</summary>
    public const string Mx = "mx1.mx.test";

    /// <summary>A second mail server, for those domains whose MX change.</summary>
    public const string SecondMx = "mx2.mx.test";

    /// <summary>The user as whom the operator writes.</summary>
    public const string OperatorUser = $"system:serviceaccount:{OperatorWorld.SystemNamespace}:{OperatorWorld.OperatorDeployment}";

    // So that senders forget within seconds, and a move between policy servers takes seconds.
    private static readonly string[] OperatorArguments = ["--max-age-min=1s", "--serving-lag=3s"];

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A start is a burst of work; two at a time would run into each other's deadlines on a small machine.
    private static readonly SemaphoreSlim Starting = new(1);

    private readonly HttpClient _web;

    private OperatorScene(OperatorWorld world)
    {
        World = world;
        _web = WebOf(world.Mail);
    }

    public OperatorWorld World { get; }

    public MailNetwork Mail => World.Mail;

    public ControlPlane ControlPlane => World.Bed.ControlPlane;

    /// <summary>Why there can be no scene on this machine, or null.</summary>
    public static string? MissingReason { get; } = OperatorWorld.MissingReason(Repository.Root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a world with two teams' namespaces, the mail servers, and no class.</summary>
    public static async Task<OperatorScene> StartAsync(OperatorWorldOptions options)
    {
        var keep = Environment.GetEnvironmentVariable("MTASTS_KEEP_LOGS") == "1";
        await Starting.WaitAsync();
        try
        {
            return await StartAloneAsync(options with { Keep = keep });
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>A namespace, as a document of YAML.</summary>
    public static string Namespace(string name, string labels = "") => $$"""
        ---
        apiVersion: v1
        kind: Namespace
        metadata: { name: {{name}}, labels: { {{labels}} } }

        """;

    /// <summary>A provider that updates the primary with the bed's key, and its Secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="secret">The secret of the key; the right one when null.</param>
    /// <param name="server">The name server; the primary when null.</param>
    /// <param name="owner">Its owner id; null for the operator's own.</param>
    /// <param name="ttl">The TTL of its records in seconds.</param>
    /// <param name="more">Further lines of spec, each indented by two spaces and ended.</param>
    public string Provider(string name, string? secret = null, string? server = null, string? owner = "bed", int ttl = 60, string more = "") => $$"""
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: {{name}}-key, namespace: {{OperatorWorld.SystemNamespace}} }
        stringData: { secret: "{{secret ?? Mail.Dns.Sha512Key.Secret}}" }
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: ClusterDnsProvider
        metadata: { name: {{name}} }
        spec:
          ttl: {{ttl}}
        {{(owner is null ? "" : $"  ownerId: {owner}\n")}}{{more}}  rfc2136:
            server: "{{server ?? Mail.Dns.PrimaryAddress.ToString()}}"
            timeout: 2s
            tsig:
              keyName: {{Mail.Dns.Sha512Key.Name}}
              algorithm: hmac-sha512
              secretRef: { name: {{name}}-key, key: secret }

        """;

    /// <summary>A provider whose records somebody writes.</summary>
    public static string ManualProvider(string name) => $$"""
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: ClusterDnsProvider
        metadata: { name: {{name}} }
        spec: { ttl: 60, manual: {} }

        """;

    /// <summary>A class with one policy server and an interval of two seconds.</summary>
    /// <param name="name">Its name; "default" makes it the default class.</param>
    /// <param name="stages">Its stages, each a line of YAML flow.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="allowsNetwork">False leaves the guard of private addresses as it is.</param>
    /// <param name="more">Further lines of spec, each indented by two spaces and ended.</param>
    /// <param name="rollout">Further lines of spec.rollout, each indented by four spaces and ended.</param>
    public string Class(string name, string[] stages, string provider = "default", bool allowsNetwork = true, string more = "", string rollout = "") => $$"""
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: MtaStsClass
        metadata:
          name: {{name}}
          annotations: { mta-sts.dev/is-default-class: "{{(name == "default" ? "true" : "false")}}" }
        spec:
          dnsProviderRef: { name: {{provider}} }
          tlsReporting: { rua: ["mailto:tls@reports.test"] }
          serving:
            namespace: {{OperatorWorld.SystemNamespace}}
            replicas: 1
            image: {{OperatorWorld.ServerImage}}
            exposure:
              type: Ingress
              ingress:
                ingressClassName: {{OperatorWorld.IngressClass}}
                tls: { clusterIssuer: {{OperatorWorld.Issuer}} }
          probes: { allowedAddresses: [{{(allowsNetwork ? $"\"{Mail.Plan.Subnet}\"" : "")}}] }
        {{more}}  rollout:
            interval: 2s
        {{rollout}}    stages:
        {{string.Concat(stages.Select(stage => $"      - {{ {stage} }}\n"))}}
        """;

    /// <summary>A policy, as a document of YAML.</summary>
    /// <param name="name">"namespace/name", or a name in team-a.</param>
    /// <param name="domain">Its domain.</param>
    /// <param name="more">Further fields of spec in YAML flow, such as <c>paused: true</c>.</param>
    /// <param name="mx">Its patterns; <see cref="Mx"/> when none is given.</param>
    public static string Policy(string name, string domain, string more = "", params string[] mx)
    {
        var (space, own) = Split(name);
        var patterns = string.Join(", ", (mx.Length > 0 ? mx : [Mx]).Select(pattern => $"\"{pattern}\""));
        return $$"""
            ---
            apiVersion: mta-sts.dev/v1alpha1
            kind: MtaStsPolicy
            metadata: { name: {{own}}, namespace: {{space}} }
            spec: { domain: "{{domain}}", mx: [{{patterns}}]{{(more.Length > 0 ? ", " + more : "")}} }

            """;
    }

    /// <summary>Adds a domain's zone with an MX record for <see cref="Mx"/> and whatever else is given.</summary>
    public Task AddDomainAsync(string domain, params ZoneRecord[] more) =>
        Mail.Dns.AddZoneAsync(domain, [new ZoneRecord("@", "MX", $"10 {Mx}."), .. more], Token);

    public Task ApplyAsync(string yaml) => ControlPlane.ApplyAsync(yaml, Token);

    /// <summary>A merge patch of an object of the operator's API, or of another by its kind's name for kubectl.</summary>
    public Task PatchAsync(string kind, string name, string json)
    {
        string[] inNamespace = kind == "mtasts" || name.Contains('/', StringComparison.Ordinal) ? ["-n", Split(name).Space] : [];
        return ControlPlane.KubectlAsync(["patch", kind, Split(name).Name, .. inNamespace, "--type=merge", "-p", json]);
    }

    public Task PatchSpecAsync(string name, string json) => PatchAsync("mtasts", name, $$"""{"spec":{{json}}}""");

    /// <summary>Deletes a policy and does not wait.</summary>
    public Task DeleteAsync(string name) =>
        ControlPlane.KubectlAsync("delete", "mtasts", Split(name).Name, "-n", Split(name).Space, "--wait=false");

    /// <summary>A policy as it is; null when there is none.</summary>
    public async Task<PolicyObject?> PolicyAsync(string name)
    {
        var (space, own) = Split(name);
        try
        {
            return await PolicyObject.ReadAsync(ControlPlane.Client, space, own, Token);
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The retirement of a domain as it is; null when there is none.</summary>
    public async Task<PolicyObject?> RetirementAsync(string domain)
    {
        try
        {
            var found = await ControlPlane.Client.CustomObjects.GetClusterCustomObjectAsync("mta-sts.dev", "v1alpha1", "mtastsretirements", domain, Token);
            return new PolicyObject(JsonNode.Parse(KubernetesJson.Serialize(found))!);
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Deletes a namespace and all policies in it, as the namespace controller of a cluster does, which no part of the bed is: the API server takes nothing new
    /// into a namespace that is going, what is in it is deleted, and the namespace goes when nothing is left.
    /// </summary>
    public async Task DeleteNamespaceAsync(string name)
    {
        await ControlPlane.KubectlAsync("delete", "namespace", name, "--wait=false");
        await ControlPlane.KubectlAsync("delete", "mtasts", "--all", "-n", name, "--wait=false");
        await Eventually.HoldsAsync(
            async () => (await ControlPlane.KubectlAsync("get", "mtasts", "-n", name, "-o", "name")).Trim().Length == 0, $"nothing is left in {name}");
        var space = await ControlPlane.Client.CoreV1.ReadNamespaceAsync(name, cancellationToken: Token);
        space.Spec.Finalizers = [];
        await ControlPlane.Client.CoreV1.ReplaceNamespaceFinalizeAsync(space, name, cancellationToken: Token);
        await Eventually.HoldsAsync(
            async () => !(await ControlPlane.TryKubectlAsync(["get", "namespace", name], cancellationToken: Token)).Succeeded, $"the namespace {name} is gone");
    }

    /// <summary>Empties a policy's status, as a restore from a backup does, whatever is written to it meanwhile.</summary>
    public Task LoseStatusAsync(string name) =>
        ControlPlane.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch("""{"status":null}""", V1Patch.PatchType.MergePatch), "mta-sts.dev", "v1alpha1", Split(name).Space, "mtastspolicies", Split(name).Name,
            cancellationToken: Token);

    /// <summary>Asks for a look at a policy and waits until its status says that it was had: the operator sees changes and writes what it makes of them.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> AnswerAsync(string name, TimeSpan? deadline = null)
    {
        var began = Stopwatch.GetTimestamp();
        var asked = $"{began}";
        await AnnotateAsync(name, "reconcile.fluxcd.io/requestedAt", asked);
        await UntilAsync(name, p => p.LastHandled == asked, "the look that was asked for is had", deadline);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Sets an annotation of a policy.</summary>
    public Task AnnotateAsync(string name, string annotation, string value)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } };
        return ControlPlane.Client.CustomObjects.PatchNamespacedCustomObjectAsync(
            new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), "mta-sts.dev", "v1alpha1", Split(name).Space, "mtastspolicies", Split(name).Name,
            cancellationToken: Token);
    }

    /// <summary>Waits until a policy is as it should become; fails with what it is instead.</summary>
    public Task<PolicyObject> UntilAsync(string name, Func<PolicyObject, bool> holds, string what, TimeSpan? deadline = null) =>
        UntilAsync(() => PolicyAsync(name), Split(name).Name, holds, what, deadline);

    /// <summary>Waits until a domain's retirement is as it should become; fails with what it is instead.</summary>
    public Task<PolicyObject> UntilRetirementAsync(string domain, Func<PolicyObject, bool> holds, string what, TimeSpan? deadline = null) =>
        UntilAsync(() => RetirementAsync(domain), domain, holds, what, deadline);

    /// <summary>Waits until a domain's retirement has published mode none and knows its end.</summary>
    public Task<PolicyObject> UntilRetiringAsync(string domain) => UntilRetirementAsync(
        domain, r => r is { Mode: "none", Reason: "Retiring", RemoveAt: not null } && r.Id == r.ServedId, $"mode none is published for {domain}, and the end is known");

    /// <summary>Waits until a domain's retirement has ended.</summary>
    public async Task UntilRetiredAsync(string domain, TimeSpan? deadline = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (await RetirementAsync(domain) is { } left)
        {
            if (Stopwatch.GetElapsedTime(began) > (deadline ?? Deadlines.Work))
                Assert.Fail($"in vain: the retirement of {domain} ends; it is\n  {left}\n{OperatorLog(domain)}");
            await Task.Delay(Interval, Token);
        }
    }

    /// <summary>Waits until a stage is reached and its id is in the DNS.</summary>
    public async Task<PolicyObject> UntilStageAsync(string name, string stage, TimeSpan? deadline = null)
    {
        var found = await UntilAsync(
            name, p => p.Stage == stage && p.Id.Length > 0 && p.Id == p.ServedId && p is { Ready: "True", Dns: "True" }, $"{name} reaches {stage}", deadline);
        // The state is written before its effects: the record follows.
        await Eventually.HoldsAsync(async () => await LiveIdAsync(found.Domain) == found.Id, $"the record of {found.Domain} names {found.Id}");
        return found;
    }

    /// <summary>Waits until a policy is gone.</summary>
    public Task UntilGoneAsync(string name, TimeSpan? deadline = null) =>
        Eventually.HoldsAsync(async () => await PolicyAsync(name) is null, $"{name} is gone", deadline);

    /// <summary>Watches for a bounded time that something stays so.</summary>
    public static async Task StaysAsync(TimeSpan time, Func<Task<string?>> fault)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            if (await fault() is { } what) Assert.Fail($"after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {what}");
            await Task.Delay(Interval, Token);
        }
    }

    /// <summary>The records at a name, of its authoritative server itself, without quotes, in order.</summary>
    public async Task<IReadOnlyList<string>> RecordsAsync(string name, string type = "TXT")
    {
        var answer = await Mail.Dns.QueryAsync(Mail.Dns.AuthorityOf(name), name, type, Token);
        return [.. answer.Data.Select(data => data.Trim('"')).Order(StringComparer.Ordinal)];
    }

    /// <summary>The id that the domain's record names; null without a record.</summary>
    public async Task<string?> LiveIdAsync(string domain) =>
        (await Mail.Dns.TextsAsync("_mta-sts." + domain, Token)).Select(text => RecordId().Match(text)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

    /// <summary>The document at the domain's policy host, as the web server of the bed gives it; null where it gives none.</summary>
    public async Task<string?> DocumentAsync(string domain)
    {
        try
        {
            using var answer = await _web.GetAsync(new Uri($"https://mta-sts.{domain}/.well-known/mta-sts.txt"), Token);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Token) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The id of the document that is served; null where none is.</summary>
    public async Task<string?> DocumentIdAsync(string domain) =>
        await DocumentAsync(domain) is { } text ? PolicyId.Of(Encoding.UTF8.GetBytes(text)).ToString() : null;

    /// <summary>What a domain has left in the DNS and the cluster: nothing, where a policy had no effect or is taken down.</summary>
    public async Task<IReadOnlyList<string>> TracesAsync(string domain)
    {
        var traces = new List<string>();
        foreach (var name in new[] { "_mta-sts.", "_smtp._tls.", "mta-sts." }.Select(label => label + domain))
        {
            traces.AddRange((await RecordsAsync($"_mtasts-owner.{name}")).Select(text => $"_mtasts-owner.{name}: {text}"));
            if (name.StartsWith('_'))
                traces.AddRange((await RecordsAsync(name)).Where(IsOurKind).Select(text => $"{name}: {text}"));
            else
                traces.AddRange((await RecordsAsync(name, "A")).Select(address => $"{name}: {address}"));
        }

        var ingresses = await ControlPlane.Client.NetworkingV1.ListNamespacedIngressAsync(OperatorWorld.SystemNamespace, cancellationToken: Token);
        traces.AddRange(ingresses.Items.Where(i => i.Spec.Rules.Any(r => r.Host == "mta-sts." + domain)).Select(i => $"Ingress {i.Metadata.Name}"));
        traces.AddRange((await ShardsAsync(domain)).Select(m => $"ConfigMap {m.Metadata.Name}"));
        return traces;
    }

    /// <summary>The ConfigMaps that hold a document of the domain.</summary>
    public async Task<IReadOnlyList<V1ConfigMap>> ShardsAsync(string domain)
    {
        var maps = await ControlPlane.Client.CoreV1.ListNamespacedConfigMapAsync(OperatorWorld.SystemNamespace, cancellationToken: Token);
        return [.. maps.Items.Where(map => map.Data?.ContainsKey(domain) == true)];
    }

    /// <summary>The events of a policy as "type reason note".</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string name)
    {
        var (space, own) = Split(name);
        var events = await ControlPlane.Client.EventsV1.ListNamespacedEventAsync(space, cancellationToken: Token);
        return [.. events.Items.Where(e => e.Regarding.Name == own).Select(e => $"{e.Type} {e.Reason} {e.Note}")];
    }

    /// <summary>The updates that the primary did or refused at names of a domain.</summary>
    public async Task<IReadOnlyList<DnsUpdate>> UpdatesAsync(string domain) =>
        [.. (await Mail.Dns.UpdatesAsync(Token)).Where(update => update.Zone == domain)];

    /// <summary>What the operator wrote to the API server about a policy.</summary>
    public IReadOnlyList<AuditEvent> Writes(string name) =>
    [
        .. ControlPlane.Audit.Read().Where(e =>
            e.User == OperatorUser && e.Resource.StartsWith("mtastspolicies.", StringComparison.Ordinal) && $"{e.Namespace}/{e.Name}" == $"{Split(name).Space}/{Split(name).Name}"),
    ];

    /// <summary>The last lines of the operators' logs that name something.</summary>
    public string OperatorLog(string word, int lines = 15)
    {
        var all = Directory.EnumerateFiles(World.Kubelet.LogFolder, $"*{OperatorWorld.OperatorDeployment}*").SelectMany(File.ReadLines);
        return string.Join('\n', all.Where(line => line.Contains(word, StringComparison.Ordinal)).TakeLast(lines));
    }

    /// <summary>Prints a timing into the test's output.</summary>
    public static void Tell(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    /// <summary>Prints how long a fault kept the work from going on: the other replica's taking over, or the same one's recovery.</summary>
    public static void TellTakeOver(string fault, TimeSpan took)
    {
        var line = FormattableString.Invariant($"take-over: {fault}: {took.TotalSeconds:0.0} s");
        Tell(line);
        Console.WriteLine(line); // A run that passes shows it, too.
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _web.Dispose();
        await World.DisposeAsync();
    }

    private static async Task<OperatorScene> StartAloneAsync(OperatorWorldOptions options)
    {
        var world = await OperatorWorld.StartAsync(
            options with { OperatorArguments = [.. OperatorArguments, .. options.OperatorArguments] },
            static _ => { }, CancellationToken.None);
        try
        {
            foreach (var host in new[] { Mx, SecondMx })
                await AddMxAsync(world.Mail, host);
            await world.Bed.ControlPlane.ApplyAsync(Namespace("team-a") + Namespace("team-b"), CancellationToken.None);
            return new OperatorScene(world);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    // On a machine that is busy with a start, the update that names the server may find no answer in its few seconds: it is sent again.
    private static async Task AddMxAsync(MailNetwork mail, string host)
    {
        try
        {
            await mail.AddMxAsync(new MxOptions(host, mail.Ca.Issue(host), ["mx.test"]), CancellationToken.None);
        }
        catch (ChildProcessException) when (mail.MxServers.TryGetValue(host, out var server))
        {
            await Eventually.HoldsAsync(
                async () => (await mail.Dns.UpdateAsync("mx.test", [$"add {host}. 1 A {server.Address}"], null, CancellationToken.None)).Succeeded,
                $"{host} gets its address");
        }
    }

    private async Task<PolicyObject> UntilAsync(
        Func<Task<PolicyObject?>> read, string word, Func<PolicyObject, bool> holds, string what, TimeSpan? deadline)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = await read();
            if (found is not null && holds(found)) return found;
            if (Stopwatch.GetElapsedTime(began) > (deadline ?? Deadlines.Work))
                Assert.Fail($"in vain: {what}; it is\n  {found?.ToString() ?? "gone"}\n{OperatorLog(word)}");
            await Task.Delay(Interval, Token);
        }
    }

    /// <summary>"namespace/name", or a name in team-a.</summary>
    private static (string Space, string Name) Split(string name) => name.Split('/') is [var space, var own] ? (space, own) : ("team-a", name);

    private static bool IsOurKind(string text) =>
        text.StartsWith("v=STSv1", StringComparison.Ordinal) || text.StartsWith("v=TLSRPTv1", StringComparison.Ordinal);

    private static HttpClient WebOf(MailNetwork mail)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(mail.Web.EndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509Certificate2.CreateFromPem(mail.Ca.RootPem) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            // Each fetch is a sender's: it sees what the server presents at that moment.
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) }; // what a busy machine may take; what is not there is refused at once
    }

    [GeneratedRegex("^v=STSv1; *id=([A-Za-z0-9]+)")]
    private static partial Regex RecordId();
}
