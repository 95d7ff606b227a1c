using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>Issues a certificate for hosts, several at once; the first argument is the issuer's name. Returns the chain (leaf first) and its key as PEM.</summary>
public delegate Task<(string CertificatePem, string KeyPem)> IssueCertificate(string issuer, IReadOnlyList<string> hosts);

/// <summary>
/// Plays what cert-manager does for an Ingress with the annotation <c>cert-manager.io/cluster-issuer</c>, in the smallest way: a TLS Secret
/// that does not exist is created with a certificate of that issuer. It renews nothing, and leaves Secrets that exist alone.
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

    private CertificatePlayer(IKubernetes client, IssueCertificate issue, string folder)
    {
        _client = client;
        _issue = issue;
        _loop = new PlayerLoop(Path.Combine(folder, "certificates.log"));
        _ingresses = Mirrors.Ingresses(client, _loop.Wake);
        _secrets = Mirrors.Secrets(client, _loop.Wake);
    }

    /// <summary>Starts to play.</summary>
    public static async Task<CertificatePlayer> StartAsync(
        ControlPlane controlPlane, IssueCertificate issue, string folder, CancellationToken cancellationToken)
    {
        var player = new CertificatePlayer(controlPlane.Client, issue, folder);
        await Task.WhenAll(player._ingresses.Listed, player._secrets.Listed).WaitAsync(cancellationToken);
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Stops to play; the Secrets stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _ingresses.DisposeAsync();
        await _secrets.DisposeAsync();
    }

    private Task PassAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _ingresses.All.SelectMany(Wanted),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken },
        async (wanted, token) => await CreateAsync(wanted.Namespace, wanted.Tls, wanted.Issuer, token));

    // The entries of an Ingress whose Secret is not there yet.
    private IEnumerable<(string Namespace, V1IngressTLS Tls, string Issuer)> Wanted(V1Ingress ingress)
    {
        var metadata = ingress.Metadata;
        return metadata.DeletionTimestamp is null && metadata.Annotations?.TryGetValue(IssuerAnnotation, out var issuer) is true
            ? (ingress.Spec.Tls ?? [])
                .Where(tls => tls.SecretName is { Length: > 0 } && tls.Hosts is { Count: > 0 } && _secrets.Find(metadata.NamespaceProperty, tls.SecretName) is null)
                .Select(tls => (metadata.NamespaceProperty, tls, issuer!))
            : [];
    }

    private async Task CreateAsync(string secretNamespace, V1IngressTLS tls, string issuer, CancellationToken cancellationToken)
    {
        var (certificate, key) = await _issue(issuer, [.. tls.Hosts]);
        var secret = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = tls.SecretName },
            Type = "kubernetes.io/tls",
            Data = new Dictionary<string, byte[]>
            {
                ["tls.crt"] = Encoding.ASCII.GetBytes(certificate),
                ["tls.key"] = Encoding.ASCII.GetBytes(key),
            },
        };
        try
        {
            await _client.CoreV1.CreateNamespacedSecretAsync(secret, secretNamespace, cancellationToken: cancellationToken);
            _loop.Log($"issued {secretNamespace}/{tls.SecretName} for {string.Join(", ", tls.Hosts)} by {issuer}");
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // The mirror had not seen it yet.
        }
    }
}
