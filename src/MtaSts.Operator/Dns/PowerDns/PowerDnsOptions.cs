using System.Collections.Immutable;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>Where and how to reach the HTTP API of a PowerDNS authoritative server, 4.7 or later.</summary>
public sealed record PowerDnsOptions
{
    /// <summary>The address of the web server, e.g. <c>http://10.0.0.53:8081/</c>; it ends with a slash.</summary>
    public required Uri Address { get; init; }

    /// <summary>The server's id in the API; <c>localhost</c> for every PowerDNS so far.</summary>
    public string ServerId { get; init; } = "localhost";

    /// <summary>The key.</summary>
    public required PowerDnsKey Key { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: every zone of the server.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The time that one call may take, above zero.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The limit that requests are kept to; null for none.</summary>
    public RequestBudget? Budget { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string Server => Address.AbsoluteUri.TrimEnd('/');
}
