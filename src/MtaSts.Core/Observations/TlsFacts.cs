using System.Collections.Immutable;

namespace MtaSts.Core.Observations;

/// <summary>How a certificate chain fared against the trust roots.</summary>
public enum ChainStatus
{
    /// <summary>A chain to a trusted root, within its dates.</summary>
    Trusted,

    /// <summary>No chain to a trusted root, or self-signed.</summary>
    Untrusted,

    /// <summary>The leaf or an intermediate has expired.</summary>
    Expired,

    /// <summary>The leaf or an intermediate is not valid yet.</summary>
    NotYetValid,

    /// <summary>Revoked, wrong usage, weak signature: see the detail.</summary>
    Rejected,
}

/// <summary>The certificate that a server presented.</summary>
/// <param name="Chain">How its chain fared.</param>
/// <param name="NameMatches">True when a DNS-ID of the certificate matches the name asked for (RFC 6125; the common name does not count).</param>
/// <param name="DnsNames">The DNS-IDs in it.</param>
/// <param name="NotAfter">The end of its life.</param>
/// <param name="Detail">What the platform said of the chain, or null.</param>
public sealed record CertificateFacts(
    ChainStatus Chain, bool NameMatches, ImmutableArray<string> DnsNames, DateTimeOffset NotAfter, string? Detail = null);

/// <summary>How far a fetch of the policy came at one address.</summary>
public enum FetchStatus
{
    /// <summary>An HTTP response was read to its end.</summary>
    Responded,

    /// <summary>The TCP connection was refused, or the way to the peer is broken.</summary>
    Unreachable,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The TLS handshake failed for another reason than the certificate.</summary>
    TlsFailed,

    /// <summary>The certificate was not accepted; nothing was asked.</summary>
    CertificateRejected,

    /// <summary>The answer is not HTTP, or broke off.</summary>
    Malformed,

    /// <summary>The body is larger than the limit.</summary>
    TooLarge,

    /// <summary>The address is private, loopback or otherwise special, and the class does not allow it.</summary>
    AddressRefused,

    /// <summary>This machine has no route to addresses of that family: nothing is known of the peer.</summary>
    NoRoute,
}

/// <summary>One fetch of the policy, at one address.</summary>
/// <param name="Host">The policy host, "mta-sts.example.com".</param>
/// <param name="Address">The address connected to.</param>
/// <param name="Status">How far it came.</param>
/// <param name="HttpStatus">The HTTP status code, where one was read.</param>
/// <param name="ContentType">The Content-Type as sent, or null.</param>
/// <param name="Body">The body's bytes, where one was read.</param>
/// <param name="Certificate">The certificate presented, where the handshake came that far.</param>
/// <param name="Detail">What went wrong, in the platform's words.</param>
public sealed record PolicyFetch(
    string Host, string Address, FetchStatus Status, int? HttpStatus = null, string? ContentType = null,
    ReadOnlyMemory<byte> Body = default, CertificateFacts? Certificate = null, string? Detail = null);

/// <summary>The policy host from outside.</summary>
/// <param name="Host">"mta-sts.example.com".</param>
/// <param name="Addresses">A reply for A and one for AAAA, from the configured resolvers.</param>
/// <param name="Fetches">A fetch for each address; empty when there is none.</param>
public sealed record PolicyView(string Host, ImmutableArray<DnsReply> Addresses, ImmutableArray<PolicyFetch> Fetches);

/// <summary>How far an SMTP session came at one address of an MX.</summary>
public enum SmtpStatus
{
    /// <summary>TLS was set up; the certificate may still be wrong.</summary>
    TlsEstablished,

    /// <summary>EHLO did not offer STARTTLS.</summary>
    StartTlsNotOffered,

    /// <summary>STARTTLS was offered and then refused.</summary>
    StartTlsRefused,

    /// <summary>The handshake failed, or only a version below TLS 1.2 was to be had.</summary>
    TlsFailed,

    /// <summary>The connection was refused, or the way to the peer is broken.</summary>
    Unreachable,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The peer does not speak SMTP, broke off, or sends lines without end.</summary>
    Malformed,

    /// <summary>The peer answered 4xx or 5xx to the greeting or to EHLO.</summary>
    Rejected,

    /// <summary>The address is private, loopback or otherwise special, and the class does not allow it.</summary>
    AddressRefused,

    /// <summary>This machine has no route to addresses of that family: nothing is known of the peer.</summary>
    NoRoute,
}

/// <summary>One STARTTLS probe of one address of one MX host.</summary>
/// <param name="Host">The MX host.</param>
/// <param name="Address">The address connected to.</param>
/// <param name="Status">How far it came.</param>
/// <param name="Certificate">The certificate presented, where the handshake came that far.</param>
/// <param name="TlsVersion">"1.2", "1.3", ... where TLS was set up.</param>
/// <param name="Detail">What went wrong, in the peer's or the platform's words (cut to 200 characters, printable ASCII).</param>
public sealed record SmtpProbe(
    string Host, string Address, SmtpStatus Status, CertificateFacts? Certificate = null, string? TlsVersion = null, string? Detail = null);

/// <summary>One MX host as a sender finds it.</summary>
/// <param name="Host">The MX host, lower case A-label.</param>
/// <param name="Preference">Its preference; 0 for the implicit MX (rfc5321#5.1).</param>
/// <param name="Addresses">Replies for its A and AAAA.</param>
/// <param name="Probes">A probe for each address; empty when probing was not asked for or there is no address.</param>
public sealed record MxHost(string Host, int Preference, ImmutableArray<DnsReply> Addresses, ImmutableArray<SmtpProbe> Probes);

/// <summary>The mail servers of a domain, from outside.</summary>
/// <param name="Lookup">The MX question, asked of the authoritative servers and of the configured resolvers.</param>
/// <param name="Hosts">The live MX hosts: those that any reply names, the domain itself where there is no MX but an address (rfc5321#5.1); empty for a null MX (rfc7505) or where nothing is known.</param>
/// <param name="IsNullMx">True when the domain says that it accepts no mail (rfc7505).</param>
/// <param name="EgressBlocked">True when no host of this or any other domain answered on port 25 in this round while other ports do: our own way out is blocked.</param>
public sealed record MxView(DnsView Lookup, ImmutableArray<MxHost> Hosts, bool IsNullMx, bool EgressBlocked);
