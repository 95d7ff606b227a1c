using System.Collections.Concurrent;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MtaSts.TestBed.Foreign;

namespace MtaSts.TestBed.Players;

/// <summary>Issues a certificate for hosts, several at once; the first argument is the issuer's name. Returns the chain (leaf first) and its key as PEM.</summary>
public delegate Task<(string CertificatePem, string KeyPem)> IssueCertificate(string issuer, IReadOnlyList<string> hosts);

/// <summary>
/// Plays cert-manager in the smallest way: an Ingress with the annotation <c>cert-manager.io/cluster-issuer</c> gets a Certificate for each of its TLS entries, and a
/// Certificate whose Secret does not exist gets one by its issuer, and a status that says so. It renews nothing, and leaves Secrets that exist alone.
/// </summary>
public sealed class CertificatePlayer : IAsyncDisposable
{
    /// <summary>The annotation that names the issuer.</summary>
    public const string IssuerAnnotation = "cert-manager.io/cluster-issuer";

    // Whoever waits for a thousand certificates waits for a thousand writes.
    private const int AtOnceMax = 8;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly IssueCertificate _issue;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<V1Ingress> _ingresses;
    private readonly ObjectMirror<V1Secret> _secrets;
    private readonly ObjectMirror<ForeignResource> _certificates;
    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);

    private CertificatePlayer(IKubernetes client, IssueCertificate issue, string folder)
    {
        _client = client;
        _issue = issue;
        _loop = new PlayerLoop(Path.Combine(folder, "certificates.log"));
        _ingresses = Mirrors.Ingresses(client, _loop.Wake);
        _secrets = Mirrors.Secrets(client, _loop.Wake);
        _certificates = ForeignKind.Certificate.Mirror(client, _loop.Wake);
    }

    /// <summary>Starts to play, on a control plane that gets cert-manager's definitions if it does not have them.</summary>
    public static async Task<CertificatePlayer> StartAsync(
        ControlPlane controlPlane, IssueCertificate issue, string folder, CancellationToken cancellationToken)
    {
        await ForeignCrds.InstallCertManagerAsync(controlPlane, cancellationToken);
        var player = new CertificatePlayer(controlPlane.Client, issue, folder);
        await Task.WhenAll(player._ingresses.Listed, player._secrets.Listed, player._certificates.Listed).WaitAsync(cancellationToken);
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>From now on the issuer refuses certificates for a host, with these words.</summary>
    public void Refuse(string host, string words) => _refused[host] = words;

    /// <summary>The issuer refuses a host no longer.</summary>
    public void Allow(string host)
    {
        _refused.TryRemove(host, out _);
        _loop.Wake();
    }

    /// <summary>Stops to play; the Secrets stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _ingresses.DisposeAsync();
        await _secrets.DisposeAsync();
        await _certificates.DisposeAsync();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_ingresses.All.SelectMany(Wanted), limit, async (wanted, token) => await AskAsync(wanted.Namespace, wanted.Tls, wanted.Issuer, token));
        await Parallel.ForEachAsync(_certificates.All.Where(c => c.Condition("Ready") != "True"), limit, async (certificate, token) => await AnswerAsync(certificate, token));
    }

    // The entries of an Ingress that have no Certificate yet.
    private IEnumerable<(string Namespace, V1IngressTLS Tls, string Issuer)> Wanted(V1Ingress ingress)
    {
        var metadata = ingress.Metadata;
        return metadata.DeletionTimestamp is null && metadata.Annotations?.TryGetValue(IssuerAnnotation, out var issuer) is true
            ? (ingress.Spec.Tls ?? [])
                .Where(tls => tls.SecretName is { Length: > 0 } && tls.Hosts is { Count: > 0 } && _certificates.Find(metadata.NamespaceProperty, tls.SecretName) is null)
                .Select(tls => (metadata.NamespaceProperty, tls, issuer!))
            : [];
    }

    private async Task AskAsync(string space, V1IngressTLS tls, string issuer, CancellationToken cancellationToken)
    {
        var certificate = new
        {
            apiVersion = "cert-manager.io/v1",
            kind = "Certificate",
            metadata = new { name = tls.SecretName },
            spec = new { secretName = tls.SecretName, dnsNames = tls.Hosts, issuerRef = new { kind = "ClusterIssuer", name = issuer } },
        };
        await UnlessThereAsync(_client.CustomObjects.CreateNamespacedCustomObjectAsync(certificate, "cert-manager.io", "v1", space, "certificates", cancellationToken: cancellationToken));
    }

    private async Task AnswerAsync(ForeignResource certificate, CancellationToken cancellationToken)
    {
        var (space, spec) = (certificate.Metadata.NamespaceProperty, certificate.SpecNode);
        var (name, issuer) = ((string)spec["secretName"]!, (string)spec["issuerRef"]!["name"]!);
        var hosts = spec["dnsNames"]!.AsArray().Select(h => (string)h!).ToList();
        if (hosts.Select(h => _refused.GetValueOrDefault(h)).FirstOrDefault(words => words is not null) is { } words)
        {
            if (certificate.Condition("Issuing") != "False")
                await SayAsync(certificate, [ForeignKind.ConditionOf("Ready", false, "DoesNotExist"), ForeignKind.ConditionOf("Issuing", false, "Failed", words)], cancellationToken);
            return;
        }

        if (_secrets.Find(space, name) is null)
        {
            var issued = await _issue(issuer, hosts);
            var secret = new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = name },
                Type = "kubernetes.io/tls",
                Data = new Dictionary<string, byte[]>
                {
                    ["tls.crt"] = Encoding.ASCII.GetBytes(issued.CertificatePem),
                    ["tls.key"] = Encoding.ASCII.GetBytes(issued.KeyPem),
                },
            };
            await UnlessThereAsync(_client.CoreV1.CreateNamespacedSecretAsync(secret, space, cancellationToken: cancellationToken));
            _loop.Log($"issued {space}/{name} for {string.Join(", ", hosts)} by {issuer}");
        }

        await SayAsync(certificate, [ForeignKind.ConditionOf("Ready", true, "Ready", "Certificate is up to date and has not expired")], cancellationToken);
    }

    private Task SayAsync(ForeignResource certificate, object[] conditions, CancellationToken cancellationToken) =>
        ForeignKind.Certificate.SetStatusAsync(_client, certificate, new { conditions }, cancellationToken);

    private static async Task UnlessThereAsync(Task creation)
    {
        try
        {
            await creation;
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // The mirror had not seen it yet.
        }
    }
}
