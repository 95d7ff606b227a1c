using System.Globalization;
using System.Net;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.TestBed.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The rfc2136 adapter against a real Knot.</summary>
public sealed class KnotTruth : IDnsTruth, IAsyncLifetime
{
    private const string Algorithm = "hmac-sha256";
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mtasts-knot-");
    private KnotDaemon? _daemon;
    private int _port;

    public static string? WhyNot =>
        KnotDaemon.MissingReason ?? (LocalProgram.Find("nsupdate") is null ? "nsupdate is not installed (Debian: bind9-dnsutils)" : null);

    public string Zone => "example.test";

    public string SubZone => "sub.example.test";

    public string TableRow => "`rfc2136`";

    public bool IsAtomic => true;

    public IDnsProvider Provider => Make();

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights => new Dictionary<string, IDnsProvider>
    {
        ["wrong secret"] = Make(secret: "d3Jvbmc="),
        ["wrong key name"] = Make(keyName: "nobody"),
        ["wrong algorithm"] = Make(algorithm: "hmac-sha384"),
        ["a key without rights"] = Make(keyName: "powerless"),
        ["no key"] = Make(keyName: null),
    };

    public IDnsProvider WithNobodyThere => Make(port: NamedServer.FreePort());

    public IDnsProvider Watched(WriteWatch watch) => Make(port: watch.BeforeDns(_port));

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        _port = NamedServer.FreePort();
        var place = new DaemonPlace(IPAddress.Loopback, _port, _folder.FullName, _folder.FullName);
        string[] wildcards = ["*.wild TXT \"v=STSv1; id=wild;\"", "*.wild A 192.0.2.99"];
        _daemon = await KnotDaemon.StartAsync(
            place, new[] { Zone, SubZone }.ToDictionary(z => z, z => place.ZoneFile(z, 300, wildcards)),
            [new("updates", Algorithm, Secret)], [new("powerless", Algorithm, Secret)], CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public Task SeedAsync(string record) => UpdateAsync("add " + record);

    public Task RemoveAsync(string name, string type) => UpdateAsync($"del {name} {type}");

    public async Task<string[]> LookAsync(string name, string type)
    {
        var lines = await DigAsync(name, type, "+noall", "+answer", "+norecurse");
        return [.. lines.Select(l => l.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries)).Where(f => f[3] == type)
            .Select(f => $"{f[1]} {f[4].Replace("\" \"", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal)];
    }

    public async Task<string> RevisionAsync() => (await DigAsync(Zone, "SOA", "+short"))[0].Split(' ')[2];

    private Rfc2136Provider Make(string? keyName = "updates", string algorithm = Algorithm, string secret = Secret, int? port = null)
    {
        TsigKey? key = null;
        if (keyName is not null)
            Assert.True(TsigKey.TryCreate(keyName, algorithm, secret, out key, out var problem), problem);
        var options = new Rfc2136Options { Host = "127.0.0.1", Port = port ?? _port, Zones = [Zone, SubZone], Key = key, Timeout = TimeSpan.FromSeconds(5) };
        return new Rfc2136Provider(options, TimeProvider.System, NullLogger<Rfc2136Provider>.Instance);
    }

    private async Task<string[]> DigAsync(string name, string type, params string[] options)
    {
        var output = await LocalProgram.RunAsync("dig", ["@127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "+tcp", "+time=5", "+tries=1", .. options, name, type]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task UpdateAsync(string command) =>
        LocalProgram.RunAsync("nsupdate", ["-y", $"{Algorithm}:updates:{Secret}"], $"server 127.0.0.1 {_port}\n{command}\nsend\n");
}

public sealed class KnotConformanceTests : DnsProviderConformance, IClassFixture<KnotTruth>
{
    private readonly KnotTruth _truth;

    public KnotConformanceTests(KnotTruth truth)
    {
        Assert.SkipWhen(KnotTruth.WhyNot is not null, KnotTruth.WhyNot ?? "");
        _truth = truth;
    }

    protected override IDnsTruth Truth => _truth;
}
