using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MtaSts.Operator.Tests.Probes;

/// <summary>A certificate authority of the tests, and what it issues.</summary>
internal static class TestCertificates
{
    private static readonly X509Certificate2 Authority = NewAuthority();

    public static X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(Authority.RawData)];

    public static string RootPem => Authority.ExportCertificatePem();

    /// <summary>A certificate for the names, with dates in days from now.</summary>
    public static X509Certificate2 Issue(string[] names, int fromDays = -2, int toDays = 60, string usage = "1.3.6.1.5.5.7.3.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=" + (names.FirstOrDefault() ?? "nobody"), key, names, usage);
        using var issued = request.Create(Authority, DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays), RandomNumberGenerator.GetBytes(8));
        return WithKey(issued.CopyWithPrivateKey(key));
    }

    /// <summary>A certificate that signs itself.</summary>
    public static X509Certificate2 SelfSigned(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return WithKey(Request("CN=self", key, names, "1.3.6.1.5.5.7.3.1").CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60)));
    }

    private static CertificateRequest Request(string subject, ECDsa key, string[] names, string usage)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names.Length > 0)
        {
            var alternative = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                alternative.AddDnsName(name);
            }

            request.CertificateExtensions.Add(alternative.Build());
        }

        return request;
    }

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return WithKey(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1)));
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }
    }
}
