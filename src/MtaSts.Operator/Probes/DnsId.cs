using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MtaSts.Operator.Probes;

/// <summary>The DNS-IDs of a certificate (rfc6125). The common name does not count (rfc8461#3.3, rfc8461#4.2).</summary>
internal static class DnsId
{
    /// <summary>The dNSName entries, lower case, as they are; empty where the extension is missing or does not parse.</summary>
    public static ImmutableArray<string> Of(X509Certificate2 certificate)
    {
        try
        {
            return
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(e => e.EnumerateDnsNames())
                    .Select(n => Detail.Of(n.ToLowerInvariant())),
            ];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    /// <summary>True when a DNS-ID is the host's. A wildcard stands for the whole left-most label and nothing else (rfc6125#6.4.3, rfc8461#4.1).</summary>
    public static bool Matches(string dnsId, string host)
    {
        var id = dnsId.TrimEnd('.');
        var name = host.TrimEnd('.');
        if (!id.StartsWith("*.", StringComparison.Ordinal))
        {
            return !id.Contains('*', StringComparison.Ordinal) && id.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && !id.AsSpan(1).Contains('*') && name.AsSpan(dot).Equals(id.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }
}
