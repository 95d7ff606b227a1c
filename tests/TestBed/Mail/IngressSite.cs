namespace MtaSts.TestBed;

/// <summary>One host that the ingress terminates TLS for.</summary>
/// <param name="Host">Lower-case A-label, for example <c>mta-sts.example.test</c>.</param>
/// <param name="CertificatePem">The chain, leaf first.</param>
/// <param name="KeyPem">The leaf's private key.</param>
/// <param name="Upstreams">Where plain HTTP goes, each <c>ip:port</c>; none answers 503.</param>
public sealed record IngressSite(string Host, string CertificatePem, string KeyPem, IReadOnlyList<string> Upstreams)
{
    /// <summary>A policy that the web server gives by itself, without an upstream: a site that no cluster knows of. Null for none.</summary>
    public string? Policy { get; init; }
}
