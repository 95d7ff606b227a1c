using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MtaSts.TestBed;

/// <summary>
/// A write whose body never comes to its end: the API server waits for the rest of it and counts it among the writes in flight until this is disposed (or a minute
/// has passed). Where the server takes one at a time, all others than administrators get 429 meanwhile.
/// </summary>
public sealed class HeldWrite : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private SslStream? _tls;

    private HeldWrite()
    {
    }

    internal static async Task<HeldWrite> StartAsync(Uri server, string authorityPem, string token, CancellationToken cancellationToken)
    {
        var held = new HeldWrite();
        try
        {
            await held._client.ConnectAsync(IPAddress.Parse(server.Host), server.Port, cancellationToken);
            held._tls = new SslStream(held._client.GetStream());
            await held._tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = server.Host,
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { X509Certificate2.CreateFromPem(authorityPem) },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
                cancellationToken);
            var head = $"POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n"
                + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
            await held._tls.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives it up; nothing is written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null) await _tls.DisposeAsync();
        _client.Dispose();
    }
}
