using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MtaSts.TestBed.Dns;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A PowerDNS of our own with an SQLite file on 127.0.0.1 and free ports; its folder goes away with it.</summary>
internal sealed class PowerDnsServer : IAsyncDisposable
{
    public const string Zone = "example.test";
    public const string SubZone = "sub.example.test";
    public const string CopyZone = "copy.test";
    public const string Key = "s3cret-key";

    private static readonly string[] Wildcards = ["*.wild TXT \"v=STSv1; id=wild;\"", "*.wild A 192.0.2.99"];

    private readonly HttpClient _http = new() { DefaultRequestHeaders = { { "X-API-Key", Key } } };
    private readonly PowerDnsDaemon _daemon;
    private readonly DirectoryInfo _folder;

    private PowerDnsServer(PowerDnsDaemon daemon, DirectoryInfo folder, int dnsPort) => (_daemon, _folder, DnsPort) = (daemon, folder, dnsPort);

    public int DnsPort { get; }

    public Uri Address => _daemon.Api;

    public static string? WhyNot =>
        PowerDnsDaemon.MissingReason ?? (LocalProgram.Find("nsupdate") is null ? "nsupdate is not installed (Debian: bind9-dnsutils)" : null);

    public static async Task<PowerDnsServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mtasts-pdns-");
        var place = new DaemonPlace(IPAddress.Loopback, NamedServer.FreePort(), folder.FullName, folder.FullName);
        var zones = new[] { Zone, SubZone }.ToDictionary(z => z, z => place.ZoneFile(z, 300, Wildcards));
        try
        {
            var daemon = await PowerDnsDaemon.StartAsync(place, NamedServer.FreePort(), Key, zones, [CopyZone], CancellationToken.None);
            return new PowerDnsServer(daemon, folder, place.Port);
        }
        catch
        {
            folder.Delete(recursive: true);
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
        await _daemon.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}
