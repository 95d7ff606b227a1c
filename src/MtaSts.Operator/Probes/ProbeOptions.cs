using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MtaSts.Operator.Probes;

/// <summary>How probes look at the world: the platform's choices, none of a tenant's.</summary>
public sealed record ProbeOptions
{
    /// <summary>The recursive resolvers that are asked; empty for those of the system's resolver configuration. They are exempt from the address guard.</summary>
    public ImmutableArray<IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>Trust roots beside those of the system.</summary>
    public X509Certificate2Collection ExtraRoots { get; init; } = [];

    /// <summary>The port of authoritative DNS servers; another than 53 only in tests.</summary>
    public int DnsPort { get; init; } = 53;

    /// <summary>The port of MX hosts; another than 25 only in tests.</summary>
    public int SmtpPort { get; init; } = 25;

    /// <summary>The port of policy hosts; another than 443 only in tests.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>The deadline of one DNS question to one server.</summary>
    public TimeSpan DnsDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The deadline of one fetch of a policy, from the connection to the last byte.</summary>
    public TimeSpan HttpsDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of one SMTP session.</summary>
    public TimeSpan SmtpDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of one domain's whole round, waiting for its turn included; what is not known by then is told as not known.</summary>
    public TimeSpan OverallDeadline { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>What EHLO says; null for the address of our end of the connection (rfc5321#4.1.3).</summary>
    public string? EhloName { get; init; }

    /// <summary>How many SMTP sessions run at once, and as many fetches, and four times as many DNS questions; at least 1.</summary>
    public int MaxParallel { get; init; } = 64;
}
