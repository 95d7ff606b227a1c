using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>Where and how to send dynamic updates.</summary>
public sealed record Rfc2136Options
{
    private const int DefaultPort = 53;
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(1);

    private Rfc2136Options()
    {
    }

    /// <summary>The primary server: an address or a host name.</summary>
    public required string Host { get; init; }

    /// <summary>Its TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>The zones to write in, lower case, without the final dot. None: the server is asked (SOA).</summary>
    public required ImmutableArray<string> Zones { get; init; }

    /// <summary>The key, or null for none.</summary>
    public TsigKey? Key { get; init; }

    /// <summary>The time that one exchange with the server may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>"host:port", with an IPv6 address in brackets.</summary>
    public string Server => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Checks the settings.</summary>
    /// <param name="server">"host", "host:port", an address, or "[IPv6]:port". The port is 53 unless given.</param>
    /// <param name="zones">Names; none to ask the server.</param>
    /// <param name="key">The key, or null to send unsigned.</param>
    /// <param name="timeout">More than nothing, at most a minute; null: 5 seconds.</param>
    /// <param name="options">The settings.</param>
    /// <param name="problems">One for each wrong field, beginning with its name.</param>
    public static bool TryCreate(
        string? server,
        IEnumerable<string> zones,
        TsigKey? key,
        TimeSpan? timeout,
        [NotNullWhen(true)] out Rfc2136Options? options,
        out ImmutableArray<string> problems)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var hasServer = TryParseServer(server, out var host, out var port);
        if (!hasServer)
            found.Add($"server: \"{server}\" is not HOST, HOST:PORT or [IPv6]:PORT");

        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var zone in zones)
        {
            if (DnsName.TryParse(zone, out var name) && !name.IsRoot)
                names.Add(name.ToString());
            else
                found.Add($"zones: \"{zone}\" is not the name of a zone");
        }

        var limit = timeout ?? TimeSpan.FromSeconds(5);
        if (limit <= TimeSpan.Zero || limit > TimeoutMax)
            found.Add($"timeout: {limit} is not between nothing and {TimeoutMax}");

        problems = found.ToImmutable();
        options = problems.IsEmpty
            ? new Rfc2136Options { Host = host, Port = port, Zones = [.. names.Distinct()], Key = key, Timeout = limit }
            : null;
        return options is not null;
    }

    private static bool TryParseServer(string? text, out string host, out int port)
    {
        (host, port) = (text?.Trim() ?? "", DefaultPort);
        if (IPAddress.TryParse(host, out var address) && !host.StartsWith('['))
        {
            host = address.ToString();
            return true;
        }

        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                return false;
            host = host[..colon];
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return IPAddress.TryParse(host, out _);
        }

        return DnsName.TryParse(host, out var name) && !name.IsRoot && !host.Contains('\\', StringComparison.Ordinal);
    }
}
