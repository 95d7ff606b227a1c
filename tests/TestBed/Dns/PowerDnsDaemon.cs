using System.Net;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Dns;

/// <summary>A real PowerDNS authoritative server with an SQLite file, whose HTTP API may write. Unsigned dynamic updates are taken from loopback alone.</summary>
public sealed class PowerDnsDaemon : IAsyncDisposable
{
    private const string Schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"; // Where Debian's pdns-backend-sqlite3 has it.

    private readonly ChildProcess _process;

    private PowerDnsDaemon(ChildProcess process, Uri api) => (_process, Api) = (process, api);

    /// <summary>Why there can be none on this machine, or null.</summary>
    public static string? MissingReason =>
        DaemonPlace.Missing("pdns_server", "pdns-server") ?? DaemonPlace.Missing("pdnsutil", "pdns-server")
        ?? (File.Exists(Schema) ? null : "the SQLite backend of PowerDNS is not installed (Debian: pdns-backend-sqlite3)")
        ?? DaemonPlace.Missing("sqlite3", "sqlite3") ?? DaemonPlace.Missing("dig", "bind9-dnsutils");

    /// <summary>The address of its API, with a slash at its end.</summary>
    public Uri Api { get; }

    /// <summary>The end of its log.</summary>
    public string LogTail => _process.LogTail();

    /// <summary>Starts it.</summary>
    /// <param name="place">Where.</param>
    /// <param name="apiPort">The port of its web server, on the same address.</param>
    /// <param name="apiKey">The key of its API.</param>
    /// <param name="zones">The text of each zone's file, by its apex.</param>
    /// <param name="copies">Zones that it has as a copy of another server's.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ChildProcessException">It did not start; the message has the end of its log.</exception>
    public static async Task<PowerDnsDaemon> StartAsync(
        DaemonPlace place, int apiPort, string apiKey, IReadOnlyDictionary<string, string> zones, IReadOnlyList<string> copies, CancellationToken cancellationToken)
    {
        var database = Path.Combine(place.Folder, "zones.db");
        await Command.OutputAsync("sqlite3", [database], await File.ReadAllTextAsync(Schema, cancellationToken), cancellationToken: cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "pdns.conf"), Configuration(place, database, apiPort, apiKey), cancellationToken);
        string[] settings = ["--config-dir=" + place.Folder];
        foreach (var (zone, text) in zones)
        {
            var file = Path.Combine(place.Folder, zone);
            await File.WriteAllTextAsync(file, text, cancellationToken);
            await Command.OutputAsync("pdnsutil", [.. settings, "load-zone", zone, file], cancellationToken: cancellationToken);
            // As zones made by the API have it: each write is a new serial.
            await Command.OutputAsync("pdnsutil", [.. settings, "set-meta", zone, "SOA-EDIT-API", "INCREASE"], cancellationToken: cancellationToken);
        }

        foreach (var zone in copies)
            await Command.OutputAsync("pdnsutil", [.. settings, "create-slave-zone", zone, $"{IPAddress.Loopback}"], cancellationToken: cancellationToken);
        var process = place.Start("pdns_server", "pdns_server", settings);
        try
        {
            await place.WaitAsync(process, zones.Keys, cancellationToken);
            await process.WaitReadyAsync(token => Poll.AcceptsAsync(new IPEndPoint(place.Address, apiPort), token), Deadlines.Start, cancellationToken);
            return new PowerDnsDaemon(process, new Uri($"http://{place.Address}:{apiPort}/"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Configuration(DaemonPlace place, string database, int apiPort, string apiKey) => $"""
        launch=gsqlite3
        gsqlite3-database={database}
        gsqlite3-pragma-synchronous=0
        local-address={place.Address}
        local-port={place.Port}
        webserver=yes
        webserver-address={place.Address}
        webserver-port={apiPort}
        webserver-allow-from=127.0.0.0/8,{place.Address}/24
        api=yes
        api-key={apiKey}
        dnsupdate=yes
        allow-dnsupdate-from=127.0.0.0/8
        socket-dir={place.Folder}
        daemon=no
        guardian=no
        write-pid=no
        disable-syslog=yes
        loglevel=4
        cache-ttl=0
        query-cache-ttl=0
        negquery-cache-ttl=0
        zone-cache-refresh-interval=0
        receiver-threads=1
        distributor-threads=1
        security-poll-suffix=

        """;
}
