using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>
/// A write whose body never comes to its end: the API server waits for the rest of it and counts it among the writes in flight until this is disposed (or a minute
/// has passed). Where the server takes one at a time, all others than administrators get 429 meanwhile.
/// </summary>
public sealed class HeldWrite : IAsyncDisposable
{
    // So long without an answer, and the server waits for the rest.
    private static readonly TimeSpan Held = TimeSpan.FromMilliseconds(300);
    private readonly TcpClient _client = new();
    private SslStream? _tls;

    private HeldWrite()
    {
    }

    /// <summary>Starts one; where another write is in flight at that moment, again.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="authorityPem">PEM of the authority that signed its certificate.</param>
    /// <param name="token">Of a user whom the server does not let pass whatever is in flight: no administrator.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    internal static async Task<HeldWrite> StartAsync(Uri server, string authorityPem, string token, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Deadlines.Start;)
        {
            if (await TryStartAsync(server, authorityPem, token, cancellationToken) is { } held) return held;
        }

        throw new IOException($"the API server took no write to hold in {Deadlines.Start.TotalSeconds:0} s");
    }

    private static async Task<HeldWrite?> TryStartAsync(Uri server, string authorityPem, string token, CancellationToken cancellationToken)
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
            // What everybody may ask: which rights one has oneself.
            var head = $"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n"
                + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
            await held._tls.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            silence.CancelAfter(Held);
            await held._tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }

        await held.DisposeAsync();
        return null;
    }

    /// <summary>Gives it up; nothing is written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null) await _tls.DisposeAsync();
        _client.Dispose();
    }
}
