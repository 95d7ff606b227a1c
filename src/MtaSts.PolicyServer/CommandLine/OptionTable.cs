using System.Globalization;
using System.Net;

namespace MtaSts.PolicyServer.CommandLine;

/// <summary>One option: its flag, its environment variable, what it takes, and how its text becomes a setting.</summary>
/// <param name="Flag">With its dashes, e.g. <c>--poll</c>.</param>
/// <param name="Takes">What stands behind the flag, as the help text shows it.</param>
/// <param name="Help">One line.</param>
/// <param name="Wants">What a right value looks like, for the error message.</param>
/// <param name="Set">The options with this value in them, or null where the text is wrong.</param>
internal sealed record Option(
    string Flag, string Takes, string Help, string Wants, Func<ServerOptions, string, ServerOptions?> Set)
{
    /// <summary><c>--poll</c> is <c>POLICY_SERVER_POLL</c>.</summary>
    public string Variable { get; } = "POLICY_SERVER_" + Flag[2..].Replace('-', '_').ToUpperInvariant();
}

/// <summary>All options. A flag wins over its environment variable, which wins over the default.</summary>
internal static class OptionTable
{
    public static readonly Option[] All =
    [
        new("--policies", "DIR", "folder with one file per mail domain (/policies)", "a folder",
            (o, v) => v.Length > 0 ? o with { Policies = v } : null),
        new("--listen", "ADDR:PORT", "where policies are served ([::]:8080, both IP versions)", Address,
            (o, v) => EndPoint(v) is { } e ? o with { Listen = e } : null),
        new("--health-listen", "ADDR:PORT", "where /healthz, /readyz and /metrics are served ([::]:8081)", Address,
            (o, v) => EndPoint(v) is { } e ? o with { HealthListen = e } : null),
        new("--tls-listen", "ADDR:PORT", "where policies are served over TLS (nowhere)", Address,
            (o, v) => EndPoint(v) is { } e ? o with { TlsListen = e } : null),
        new("--certificates", "DIR", "folder with DOMAIN.crt and DOMAIN.key per mail domain (/certificates)", "a folder",
            (o, v) => v.Length > 0 ? o with { Certificates = v } : null),
        new("--poll", "SECONDS", "how often the folders are looked at (1)", "a number from 0.01 to 3600",
            (o, v) => Seconds(v, 0.01) is { } t ? o with { Poll = t } : null),
        new("--drain", "SECONDS", "how long to go on answering after SIGTERM (5)", "a number from 0 to 3600",
            (o, v) => Seconds(v, 0) is { } t ? o with { Drain = t } : null),
        new("--header-timeout", "SECONDS", "how long a request's head may take to arrive (5)", "a number from 1 to 3600",
            (o, v) => Seconds(v, 1) is { } t ? o with { HeaderTimeout = t } : null),
        new("--keep-alive-timeout", "SECONDS", "how long an idle connection is kept (90)", "a number from 1 to 3600",
            (o, v) => Seconds(v, 1) is { } t ? o with { KeepAliveTimeout = t } : null),
        new("--max-connections", "N", "open connections at most (4096)", "a whole number from 1 to 1000000",
            (o, v) => Whole(v, 1, 1_000_000) is { } n ? o with { MaxConnections = n } : null),
        new("--max-header-bytes", "N", "bytes of a request's header fields at most (8192)", "a whole number from 1024 to 65536",
            (o, v) => Whole(v, 1024, 65_536) is { } n ? o with { MaxHeaderBytes = n } : null),
        new("--log-format", "FORMAT", "text or json, one line per event (text)", "text or json",
            (o, v) => v switch
            {
                "text" => o with { LogFormat = LogFormat.Text },
                "json" => o with { LogFormat = LogFormat.Json },
                _ => null,
            }),
    ];

    private const string Address = "an address and a port, such as 127.0.0.1:8080 or [::]:8080";

    // IPEndPoint takes an address without a port, and a bare IPv6 address; both would bind where nobody expects it.
    private static IPEndPoint? EndPoint(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || (text[0] == '[') != (text[colon - 1] == ']'))
            return null;
        if (text[0] != '[' && text.IndexOf(':', StringComparison.Ordinal) != colon)
            return null;
        return Whole(text[(colon + 1)..], 0, 65_535) is { } port && IPAddress.TryParse(text[..colon].Trim('[', ']'), out IPAddress? ip)
            ? new IPEndPoint(ip, port)
            : null;
    }

    private static TimeSpan? Seconds(string text, double min) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double s) && s >= min && s <= 3600
            ? TimeSpan.FromSeconds(s)
            : null;

    private static int? Whole(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= min && n <= max ? n : null;
}
