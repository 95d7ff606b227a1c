using System.Net;

namespace MtaSts.PolicyServer.CommandLine;

/// <summary>Everything that can be set from outside. Defaults and ranges are those of <see cref="OptionTable"/>.</summary>
internal sealed record ServerOptions
{
    /// <summary>The folder of policies, one file per mail domain; as a rule a projected volume.</summary>
    public string Policies { get; init; } = "/policies";

    /// <summary>Where senders are answered. Port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, 8080);

    /// <summary>Where the kubelet and Prometheus are answered. Port 0 takes a free one.</summary>
    public IPEndPoint HealthListen { get; init; } = new(IPAddress.IPv6Any, 8081);

    /// <summary>Where senders are answered over TLS; null for nowhere. Port 0 takes a free one.</summary>
    public IPEndPoint? TlsListen { get; init; }

    /// <summary>The folder of certificates, two files per mail domain: DOMAIN.crt, the certificate with its chain, and DOMAIN.key, both PEM.</summary>
    public string Certificates { get; init; } = "/certificates";

    /// <summary>How often the folders are looked at.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests are still answered after SIGTERM, so that load balancers can notice.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may take to send the head of a request.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection is kept; longer than the 60 s that proxies keep theirs, so that they close first.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Open connections above this are closed at once.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Bytes of all header fields of one request.</summary>
    public int MaxHeaderBytes { get; init; } = 8 * 1024;

    /// <summary>How log lines are written.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;
}

/// <summary>Either is one line per event.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For collectors.</summary>
    Json,
}
