using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Rfc2136;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The rfc2136 adapter against a real BIND.</summary>
public class BindTruth(string algorithm) : IDnsTruth, IAsyncLifetime
{
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private NamedServer? _server;

    public string Zone => NamedServer.Zone;

    public string SubZone => NamedServer.SubZone;

    public string TableRow => "`rfc2136`";

    public bool IsAtomic => true;

    public int Port => _server!.Port;

    public IDnsProvider Provider => Make();

    // Without zones in the settings: the server is asked.
    public IDnsProvider Asking => Make(zones: []);

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights => new Dictionary<string, IDnsProvider>
    {
        ["wrong secret"] = Make(secret: "d3Jvbmc="),
        ["wrong key name"] = Make(keyName: "nobody"),
        ["wrong algorithm"] = Make(keyAlgorithm: algorithm == "hmac-sha384" ? "hmac-sha256" : "hmac-sha384"),
        ["a key without rights"] = Make(keyName: "powerless"),
        ["no key"] = Make(keyName: null),
    };

    public IDnsProvider WithNobodyThere => Make(port: NamedServer.FreePort());

    public IDnsProvider Watched(WriteWatch watch) => Make(port: watch.BeforeDns(Port));

    public async ValueTask InitializeAsync()
    {
        if (NamedServer.WhyNot is null)
            _server = await NamedServer.StartAsync(algorithm, Secret);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public Task SeedAsync(string record) => _server!.UpdateAsync(algorithm, Secret, "add " + record);

    public Task RemoveAsync(string name, string type) => _server!.UpdateAsync(algorithm, Secret, $"del {name} {type}");

    public async Task<string[]> LookAsync(string name, string type)
    {
        var lines = await _server!.DigAsync(name, type, "+noall", "+answer", "+norecurse");
        return [.. lines.Select(l => l.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries)).Where(f => f[3] == type)
            .Select(f => $"{f[1]} {f[4].Replace("\" \"", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal)];
    }

    public async Task<string> RevisionAsync() => (await _server!.DigAsync(Zone, "SOA", "+short"))[0].Split(' ')[2];

    public Rfc2136Provider Make(
        string? keyName = "updates", string? keyAlgorithm = null, string secret = Secret, int? port = null, string[]? zones = null, TimeProvider? time = null)
    {
        TsigKey? key = null;
        if (keyName is not null)
            Assert.True(TsigKey.TryCreate(keyName, keyAlgorithm ?? algorithm, secret, out key, out var problem), problem);
        var options = new Rfc2136Options
        {
            Host = "127.0.0.1",
            Port = port ?? Port,
            Zones = [.. zones ?? [Zone, SubZone]],
            Key = key,
            Timeout = TimeSpan.FromSeconds(5),
        };
        return new Rfc2136Provider(options, time ?? TimeProvider.System, NullLogger<Rfc2136Provider>.Instance);
    }
}

public sealed class BindSha256() : BindTruth("hmac-sha256");

public sealed class BindSha384() : BindTruth("hmac-sha384");

public sealed class BindSha512() : BindTruth("hmac-sha512");

public abstract class Rfc2136Conformance : DnsProviderConformance
{
    private readonly BindTruth _bind;

    protected Rfc2136Conformance(BindTruth bind)
    {
        Assert.SkipWhen(NamedServer.WhyNot is not null, NamedServer.WhyNot ?? "");
        _bind = bind;
    }

    protected override IDnsTruth Truth => _bind;
}

public sealed class Rfc2136WithSha256Tests(BindSha256 bind) : Rfc2136Conformance(bind), IClassFixture<BindSha256>;

public sealed class Rfc2136WithSha512Tests(BindSha512 bind) : Rfc2136Conformance(bind), IClassFixture<BindSha512>;
