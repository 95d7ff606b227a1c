using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A PowerDNS of our own with an SQLite file on 127.0.0.1 and free ports; its folder goes away with it.</summary>
internal sealed class PowerDnsServer : IAsyncDisposable
{
    public const string Zone = "example.test";
    public const string SubZone = "sub.example.test";
    public const string CopyZone = "copy.test";
    public const string Key = "s3cret-key";
    private const string Schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"; // Where Debian's pdns-backend-sqlite3 has it.

    private readonly HttpClient _http = new() { DefaultRequestHeaders = { { "X-API-Key", Key } } };
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly Task _log;

    private PowerDnsServer(Process process, DirectoryInfo folder, int dnsPort, int apiPort)
    {
        (_process, _folder, DnsPort, ApiPort) = (process, folder, dnsPort, apiPort);
        _log = DrainAsync(process);
    }

    public int DnsPort { get; }

    public int ApiPort { get; }

    public Uri Address => new($"http://127.0.0.1:{ApiPort}/");

    public static string? WhyNot =>
        LocalProgram.Find("pdns_server") is null || LocalProgram.Find("pdnsutil") is null ? "pdns_server is not installed (Debian: pdns-server)"
        : !File.Exists(Schema) ? "the SQLite backend of PowerDNS is not installed (Debian: pdns-backend-sqlite3)"
        : LocalProgram.Find("sqlite3") is null ? "sqlite3 is not installed (Debian: sqlite3)"
        : LocalProgram.Find("dig") is null || LocalProgram.Find("nsupdate") is null ? "dig and nsupdate are not installed (Debian: bind9-dnsutils)"
        : null;

    public static async Task<PowerDnsServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mtasts-pdns-");
        var (dnsPort, apiPort) = (NamedServer.FreePort(), NamedServer.FreePort());
        var database = Path.Combine(folder.FullName, "zones.db");
        await LocalProgram.RunAsync("sqlite3", [database], await File.ReadAllTextAsync(Schema));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "pdns.conf"), $"""
            launch=gsqlite3
            gsqlite3-database={database}
            gsqlite3-pragma-synchronous=0
            local-address=127.0.0.1
            local-port={dnsPort}
            webserver=yes
            webserver-address=127.0.0.1
            webserver-port={apiPort}
            webserver-allow-from=127.0.0.0/8
            api=yes
            api-key={Key}
            dnsupdate=yes
            allow-dnsupdate-from=127.0.0.0/8
            socket-dir={folder.FullName}
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

            """);
        string[] settings = ["--config-dir=" + folder.FullName];
        foreach (var zone in new[] { Zone, SubZone })
        {
            var file = Path.Combine(folder.FullName, zone);
            await File.WriteAllTextAsync(file, $"""
                $TTL 300
                @ SOA ns.{zone}. root.{zone}. 1 3600 600 86400 60
                @ NS ns.{zone}.
                ns A 127.0.0.1
                *.wild TXT "v=STSv1; id=wild;"
                *.wild A 192.0.2.99

                """);
            await LocalProgram.RunAsync("pdnsutil", [.. settings, "load-zone", zone, file]);
            // As zones made by the API have it: each write is a new serial.
            await LocalProgram.RunAsync("pdnsutil", [.. settings, "set-meta", zone, "SOA-EDIT-API", "INCREASE"]);
        }

        await LocalProgram.RunAsync("pdnsutil", [.. settings, "create-slave-zone", CopyZone, "127.0.0.1"]);
        var start = new ProcessStartInfo(LocalProgram.Find("pdns_server")!, settings) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new PowerDnsServer(Process.Start(start)!, folder, dnsPort, apiPort);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<string[]> DigAsync(string name, string type, params string[] options)
    {
        var output = await LocalProgram.RunAsync("dig", ["@127.0.0.1", "-p", DnsPort.ToString(CultureInfo.InvariantCulture), "+tcp", "+time=5", "+tries=1", .. options, name, type]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public Task UpdateAsync(string command) => LocalProgram.RunAsync("nsupdate", ["-v"], $"server 127.0.0.1 {DnsPort}\n{command}\nsend\n");

    /// <summary>Writes whole sets past the adapter: the API's own JSON.</summary>
    public async Task PatchAsync(string zone, params JsonObject[] sets)
    {
        using var answer = await _http.PatchAsJsonAsync(new Uri(Address, $"api/v1/servers/localhost/zones/{zone}."), new JsonObject { ["rrsets"] = new JsonArray([.. sets]) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A set as <see cref="PatchAsync"/> takes it.</summary>
    public static JsonObject Replace(string name, string type, int ttl, params (string Content, bool Disabled)[] records) => new()
    {
        ["name"] = name + ".",
        ["type"] = type,
        ["ttl"] = ttl,
        ["changetype"] = "REPLACE",
        ["records"] = new JsonArray([.. records.Select(r => new JsonObject { ["content"] = r.Content, ["disabled"] = r.Disabled })]),
    };

    /// <summary>A set as the API has it, with its disabled records and comments; null: none.</summary>
    public async Task<JsonNode?> SetAsync(string zone, string name, string type)
    {
        var all = await _http.GetFromJsonAsync<JsonNode>(new Uri(Address, $"api/v1/servers/localhost/zones/{zone}."));
        return all!["rrsets"]!.AsArray().FirstOrDefault(s => (string?)s!["name"] == name + "." && (string?)s["type"] == type);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task DrainAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await error;
    }

    private async Task WaitAsync()
    {
        for (var deadline = Stopwatch.StartNew(); deadline.Elapsed < TimeSpan.FromSeconds(30) && !_process.HasExited; await Task.Delay(50))
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(Address, "api/v1/servers/localhost/zones"));
                if (answer.StatusCode == HttpStatusCode.OK && (await DigAsync(Zone, "SOA", "+short")).Length == 1)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
            {
            }
        }

        throw new InvalidOperationException("pdns_server does not answer");
    }
}
