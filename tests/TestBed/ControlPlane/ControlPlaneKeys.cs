using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MtaSts.TestBed;

/// <summary>The certificates, keys and tokens of one control plane, as files in its folder.</summary>
/// <param name="Authority">Certificate authority of the serving certificate (PEM).</param>
/// <param name="ServingCertificate">The API server's certificate (PEM).</param>
/// <param name="ServingKey">Its key.</param>
/// <param name="ServiceAccountKey">The key that signs and verifies service account tokens.</param>
/// <param name="TokenFile">Tokens of the static users.</param>
/// <param name="Tokens">The same, by user name.</param>
internal sealed record ControlPlaneKeys(
    string Authority,
    string ServingCertificate,
    string ServingKey,
    string ServiceAccountKey,
    string TokenFile,
    IReadOnlyDictionary<string, string> Tokens)
{
    /// <summary>Makes everything anew; valid from yesterday for a month.</summary>
    public static ControlPlaneKeys Create(string folder, IPAddress address, IEnumerable<ControlPlaneUser> users)
    {
        CreatePrivateFolder(folder);
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var until = from.AddDays(31);

        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test bed control plane", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var servingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var servingRequest = new CertificateRequest("CN=kube-apiserver", servingKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        servingRequest.CertificateExtensions.Add(names.Build());
        servingRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var serving = servingRequest.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));

        using var serviceAccountKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var all = users.ToList();
        var tokens = all.ToDictionary(static user => user.Name, static _ => RandomNumberGenerator.GetHexString(32, lowercase: true));
        // Columns: token, user name, uid, groups. The uid only has to be there.
        var lines = all.Select(user => $"{tokens[user.Name]},{user.Name},{user.Name},\"{string.Join(',', user.Groups)}\"");

        return new ControlPlaneKeys(
            Write("ca.crt", authority.ExportCertificatePem()),
            Write("apiserver.crt", serving.ExportCertificatePem()),
            Write("apiserver.key", servingKey.ExportECPrivateKeyPem()),
            Write("service-account.key", serviceAccountKey.ExportECPrivateKeyPem()),
            Write("tokens.csv", string.Join('\n', lines)),
            tokens);

        string Write(string name, string text)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text + "\n");
            return path;
        }
    }

    private static void CreatePrivateFolder(string folder) =>
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
