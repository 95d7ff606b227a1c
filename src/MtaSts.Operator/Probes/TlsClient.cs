using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>How a TLS handshake ended.</summary>
/// <param name="Stream">The stream, where TLS was set up; the caller disposes it.</param>
/// <param name="Certificate">The certificate, where the handshake came that far.</param>
/// <param name="Version">"1.2" or "1.3", where TLS was set up.</param>
/// <param name="Problem">What went wrong; null exactly when there is a stream.</param>
internal sealed record TlsResult(SslStream? Stream, CertificateFacts? Certificate, string? Version, string? Problem);

/// <summary>Sets up TLS 1.2 or later as a sender does (rfc8461#3.3, rfc8461#4.2), and takes the certificate's facts whatever they are.</summary>
internal sealed class TlsClient(CertificateJudge judge)
{
    /// <summary>Shakes hands with a peer, by SNI of the host.</summary>
    /// <exception cref="OperationCanceledException">The deadline passed, or the caller left.</exception>
    public async Task<TlsResult> HandshakeAsync(Stream transport, string host, CancellationToken cancellationToken)
    {
        CertificateFacts? facts = null;
        var tls = new SslStream(transport, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    CertificateChainPolicy = OfNobody(),
                    AllowRenegotiation = false,
                    RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                    {
                        facts = certificate is X509Certificate2 leaf ? judge.Facts(leaf, chain?.ChainPolicy.ExtraStore ?? [], host) : null;
                        return facts is not null; // a bad certificate is a fact to be told, not the end of the handshake
                    },
                },
                cancellationToken);
            return new TlsResult(tls, facts, tls.SslProtocol == SslProtocols.Tls13 ? "1.3" : "1.2", null);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException or ArgumentException or InvalidOperationException)
        {
            await tls.DisposeAsync();
            return new TlsResult(null, facts, null, Detail.Of(e));
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    // The stream builds a chain whose verdict nobody reads: without roots it is quickly done.
    private static X509ChainPolicy OfNobody() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
