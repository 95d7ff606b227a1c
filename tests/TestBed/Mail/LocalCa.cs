using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MtaSts.TestBed.Mail;

/// <summary>A certificate and its key, as servers want them.</summary>
/// <param name="CertificatePem">The chain: the leaf, then the intermediate; the root is not in it.</param>
/// <param name="KeyPem">The leaf's key, PKCS #8.</param>
/// <param name="NotAfter">When it expires.</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem, DateTimeOffset NotAfter);

/// <summary>
/// A certificate authority of the bed: a root, and an intermediate that signs, all ECDSA P-256. Servers have to send the
/// intermediate, as with a public authority.
/// </summary>
public sealed class LocalCa : IDisposable
{
    // The authority is old enough to sign certificates that have expired long ago: .NET refuses a leaf that outlives its issuer.
    private static readonly TimeSpan Age = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    private LocalCa(X509Certificate2 root, X509Certificate2 intermediate, string rootPath)
    {
        _root = root;
        _intermediate = intermediate;
        RootPath = rootPath;
        RootPem = root.ExportCertificatePem() + "\n";
    }

    /// <summary>The root certificate.</summary>
    public string RootPem { get; }

    /// <summary>The file that has <see cref="RootPem"/>; readable by all.</summary>
    public string RootPath { get; }

    /// <summary>Makes a new authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="rootPath">Where to write the root certificate; the folder exists.</param>
    public static LocalCa Create(string name, string rootPath)
    {
        var from = DateTimeOffset.UtcNow - Age;
        var until = DateTimeOffset.UtcNow + Age;
        var root = RootOf(name, from, until);
        var ca = new LocalCa(root, Sign($"{name} intermediate", authority: true, [], root, from, until), rootPath);
        File.WriteAllText(rootPath, ca.RootPem);
        return ca;
    }

    /// <summary>Issues a server certificate.</summary>
    /// <param name="dnsNames">The subject's alternative names, at least one; wildcards as they are.</param>
    /// <param name="notBefore">Start of its validity, at most ten years ago.</param>
    /// <param name="notAfter">End of its validity, at most ten years from now; may be in the past.</param>
    public IssuedCertificate Issue(IReadOnlyList<string> dnsNames, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var leaf = Sign(dnsNames[0], authority: false, dnsNames, _intermediate, notBefore, notAfter);
        using var key = leaf.GetECDsaPrivateKey()!;
        return new IssuedCertificate(
            $"{leaf.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem() + "\n", notAfter);
    }

    /// <summary>Issues a server certificate that is valid from an hour ago for 90 days.</summary>
    public IssuedCertificate Issue(params IReadOnlyList<string> dnsNames) =>
        Issue(dnsNames, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));

    /// <summary>A certificate that nobody has signed but itself, valid for 90 days.</summary>
    public static IssuedCertificate SelfSigned(string dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dnsName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AlternativeNames([dnsName]));
        var until = DateTimeOffset.UtcNow.AddDays(90);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), until);
        return new IssuedCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", until);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static X509Certificate2 RootOf(string name, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        AddAuthorityExtensions(request);
        return request.CreateSelfSigned(from, until);
    }

    private static X509Certificate2 Sign(
        string name, bool authority, IReadOnlyList<string> dnsNames, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (authority)
        {
            AddAuthorityExtensions(request);
        }
        else
        {
            request.CertificateExtensions.Add(AlternativeNames(dnsNames));
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // serverAuth
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40); // positive, and without a leading zero
        // Validity has whole seconds, and the intermediate ends with its root.
        var end = until < issuer.NotAfter ? until : new DateTimeOffset(issuer.NotAfter);
        using var certificate = request.Create(issuer, from < issuer.NotBefore ? issuer.NotBefore : from, end, serial);
        return certificate.CopyWithPrivateKey(key);
    }

    private static void AddAuthorityExtensions(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private static X509Extension AlternativeNames(IReadOnlyList<string> dnsNames)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames) names.AddDnsName(name);
        return names.Build();
    }
}
