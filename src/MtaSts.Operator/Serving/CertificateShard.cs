using System.Text.Json.Nodes;
using k8s.Models;
using MtaSts.Core.Mail;

namespace MtaSts.Operator.Serving;

/// <summary>Where a policy host's certificate is kept for policy servers that end TLS by themselves: two entries of one Secret of the class.</summary>
/// <remarks>
/// The Secrets are shards as those of the documents are, for the same reason: all are mounted from the beginning, so that neither a new domain nor a renewal needs a
/// restart. With 64 of them, 10,000 certificates with their chains stay below the 1 MiB that a Secret may have.
/// </remarks>
/// <param name="SecretName">The Secret, in the class's serving namespace.</param>
/// <param name="Domain">The domain: the entries are DOMAIN.crt and DOMAIN.key, which are also the files before the policy server.</param>
public sealed record CertificateShard(string SecretName, string Domain)
{
    private const string CertificateSuffix = ".crt";
    private const string KeySuffix = ".key";

    /// <summary>The place of a domain's certificate: always the same for the same domain and class.</summary>
    public static CertificateShard Of(MailDomain domain, string className) =>
        new(ServingNames.OfCertificates(className, PolicyShard.NumberOf(domain)), domain.ToString());

    /// <summary>The certificate in the shard; null where it is not there whole.</summary>
    public ServedCertificate? In(V1Secret? shard) => ServedCertificate.Of(shard, Domain + CertificateSuffix, Domain + KeySuffix);

    /// <summary>A merge patch that puts a certificate into the shard, or with null takes it out.</summary>
    public JsonObject Patch(ServedCertificate? certificate) => new()
    {
        ["data"] = new JsonObject
        {
            [Domain + CertificateSuffix] = certificate is null ? null : Convert.ToBase64String(certificate.Chain),
            [Domain + KeySuffix] = certificate is null ? null : Convert.ToBase64String(certificate.Key),
        },
    };
}

/// <summary>A certificate with its chain, and its key, as PEM.</summary>
/// <param name="Chain">The certificate and what leads to its root.</param>
/// <param name="Key">The key.</param>
public sealed record ServedCertificate(byte[] Chain, byte[] Key)
{
    /// <summary>The certificate in a Secret of the type kubernetes.io/tls; null where it is not there whole.</summary>
    public static ServedCertificate? Of(V1Secret? secret) => Of(secret, "tls.crt", "tls.key");

    /// <summary>The certificate in two entries of a Secret; null where it is not there whole.</summary>
    public static ServedCertificate? Of(V1Secret? secret, string chain, string key) =>
        secret?.Data is { } data && data.TryGetValue(chain, out var pem) && data.TryGetValue(key, out var secretKey) && pem.Length > 0 && secretKey.Length > 0
            ? new ServedCertificate(pem, secretKey)
            : null;

    /// <inheritdoc/>
    public bool Equals(ServedCertificate? other) => other is not null && Chain.AsSpan().SequenceEqual(other.Chain) && Key.AsSpan().SequenceEqual(other.Key);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Chain.Length, Key.Length);

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => $"a certificate of {Chain.Length} bytes";
}
