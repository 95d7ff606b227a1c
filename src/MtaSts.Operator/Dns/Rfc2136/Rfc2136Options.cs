using System.Collections.Immutable;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>Where and how to send dynamic updates: the parts of a provider's settings, which whoever reads those has checked.</summary>
public sealed record Rfc2136Options
{
    /// <summary>The primary server: a host name, or an address without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>Its TCP port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: the server is asked (SOA).</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The key, or null to send unsigned.</summary>
    public TsigKey? Key { get; init; }

    /// <summary>The time that one exchange with the server may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Where the server may be.</summary>
    public Reach Reach { get; init; } = Reach.Anywhere;

    /// <summary>"host:port", with an IPv6 address in brackets.</summary>
    public string Server => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
