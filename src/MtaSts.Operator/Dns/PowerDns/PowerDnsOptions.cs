using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MtaSts.Core.Mail;
using MtaSts.Operator.Dns.Http;

namespace MtaSts.Operator.Dns.PowerDns;

/// <summary>Where and how to reach the HTTP API of a PowerDNS authoritative server, 4.7 or later.</summary>
public sealed record PowerDnsOptions
{
    /// <summary>The address of the web server, e.g. <c>http://10.0.0.53:8081/</c>: what <see cref="TryParseAddress"/> gives.</summary>
    public required Uri Address { get; init; }

    /// <summary>The server's id in the API; <c>localhost</c> for every PowerDNS so far.</summary>
    public string ServerId { get; init; } = "localhost";

    /// <summary>The key.</summary>
    public required PowerDnsKey Key { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: every zone of the server.</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The time that one call may take, above zero.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string Server => Address.AbsoluteUri.TrimEnd('/');

    /// <summary>Reads an address. On failure <paramref name="problem"/> says what is wrong and what to write.</summary>
    public static bool TryParseAddress(string? text, [NotNullWhen(true)] out Uri? address, out string problem)
    {
        var isValid = ProviderHttp.TryParseBase(text, out var parsed, out var why);
        address = isValid ? parsed : null;
        problem = isValid ? "" : $"{Excerpt.Of(text ?? "")} {why}";
        return isValid;
    }
}
