using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Probes;

/// <summary>
/// Says how a presented certificate fares. Nothing is downloaded to help it (no missing intermediates, no revocation lists): senders do not either,
/// and a certificate must not make us fetch a URL of its choice.
/// </summary>
internal sealed class CertificateJudge(ProbeOptions options, TimeProvider time)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // What is not about trust or dates is a cause of its own.
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>The facts of a certificate for a host.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="sent">What the peer sent beside it.</param>
    /// <param name="host">The name asked for.</param>
    public CertificateFacts Facts(X509Certificate2 leaf, X509Certificate2Collection sent, string host)
    {
        var names = DnsId.Of(leaf);
        var (chain, detail) = Chain(leaf, sent);
        return new CertificateFacts(chain, names.Any(n => DnsId.Matches(n, host)), names, new DateTimeOffset(leaf.NotAfter.ToUniversalTime()), detail);
    }

    private (ChainStatus Status, string? Detail) Chain(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        // The system's roots are many, and each chain takes them all in anew: they come last.
        var extra = options.ExtraRoots.Count > 0 ? Build(leaf, sent, custom: true) : (Status: ChainStatus.Untrusted, null);
        if (extra.Status == ChainStatus.Trusted)
        {
            return extra;
        }

        var system = Build(leaf, sent, custom: false);
        return system.Status == ChainStatus.Trusted || extra.Status == ChainStatus.Untrusted ? system : extra;
    }

    private (ChainStatus Status, string? Detail) Build(X509Certificate2 leaf, X509Certificate2Collection sent, bool custom)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = custom ? X509ChainTrustMode.CustomRootTrust : X509ChainTrustMode.System;
        if (custom)
        {
            chain.ChainPolicy.CustomTrustStore.AddRange(options.ExtraRoots);
        }

        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        try
        {
            return chain.Build(leaf) ? (ChainStatus.Trusted, null) : Read(chain);
        }
        catch (CryptographicException e)
        {
            return (ChainStatus.Rejected, Detail.Of(e));
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private (ChainStatus Status, string? Detail) Read(X509Chain chain)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        var detail = Detail.Of(string.Join(", ", chain.ChainStatus.Select(s => s.Status).Distinct().Order()));
        if ((flags & Untrusted) != 0)
        {
            return (ChainStatus.Untrusted, detail);
        }

        if (flags != X509ChainStatusFlags.NotTimeValid)
        {
            return (ChainStatus.Rejected, detail);
        }

        var now = time.GetUtcNow();
        return chain.ChainElements.Any(e => e.Certificate.NotAfter.ToUniversalTime() < now.UtcDateTime)
            ? (ChainStatus.Expired, null)
            : (ChainStatus.NotYetValid, null);
    }
}
