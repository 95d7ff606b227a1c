using System.Globalization;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.PowerDns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The PowerDNS adapter against a real server.</summary>
public sealed class PowerDnsTruth : IDnsTruth, IAsyncLifetime
{
    private readonly List<HttpClient> _clients = [];
    private PowerDnsServer? _server;

    public string Zone => PowerDnsServer.Zone;

    public string SubZone => PowerDnsServer.SubZone;

    public string TableRow => "`powerDns`";

    public bool IsAtomic => true;

    internal PowerDnsServer Server => _server!;

    public IDnsProvider Provider => Make();

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights => new Dictionary<string, IDnsProvider> { ["a wrong key"] = Make(key: "wrong") };

    public IDnsProvider WithNobodyThere => Make(address: new Uri($"http://127.0.0.1:{NamedServer.FreePort()}/"));

    public IDnsProvider Watched(WriteWatch watch) => Make(address: watch.BeforeHttp(Server.Address));

    public async ValueTask InitializeAsync()
    {
        if (PowerDnsServer.WhyNot is null)
            _server = await PowerDnsServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        if (_server is not null)
            await _server.DisposeAsync();
    }

    // Its dynamic update takes no unknown types; its API does.
    public Task SeedAsync(string record) => record.Split(' ', 4) is [var name, var ttl, ['T', 'Y', 'P', 'E', ..] type, var data]
        ? Server.PatchAsync(Zone, PowerDnsServer.Replace(name, type, int.Parse(ttl, CultureInfo.InvariantCulture), (data, false)))
        : Server.UpdateAsync("add " + record);

    public Task RemoveAsync(string name, string type) => Server.UpdateAsync($"del {name} {type}");

    public async Task<string[]> LookAsync(string name, string type)
    {
        var lines = await Server.DigAsync(name, type, "+noall", "+answer", "+norecurse");
        return [.. lines.Select(l => l.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries)).Where(f => f[3] == type)
            .Select(f => $"{f[1]} {f[4].Replace("\" \"", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal)];
    }

    public async Task<string> RevisionAsync() => (await Server.DigAsync(Zone, "SOA", "+short"))[0].Split(' ')[2];

    internal PowerDnsProvider Make(
        Uri? address = null, string key = PowerDnsServer.Key, string[]? zones = null, string serverId = "localhost",
        HttpMessageHandler? handler = null, double seconds = 10)
    {
        Assert.True(PowerDnsKey.TryCreate(key, out var apiKey, out var problem), problem);
        var options = new PowerDnsOptions
        {
            Address = address ?? Server.Address,
            Key = apiKey,
            ServerId = serverId,
            Zones = [.. zones ?? []],
            Timeout = TimeSpan.FromSeconds(seconds),
        };
        var client = new HttpClient(handler ?? ProviderHttp.NewHandler(Reach.Anywhere));
        _clients.Add(client);
        return new PowerDnsProvider(options, client, TimeProvider.System, NullLogger<PowerDnsProvider>.Instance);
    }
}

public sealed class PowerDnsConformanceTests : DnsProviderConformance, IClassFixture<PowerDnsTruth>
{
    private readonly PowerDnsTruth _truth;

    public PowerDnsConformanceTests(PowerDnsTruth truth)
    {
        Assert.SkipWhen(PowerDnsServer.WhyNot is not null, PowerDnsServer.WhyNot ?? "");
        _truth = truth;
    }

    protected override IDnsTruth Truth => _truth;
}
