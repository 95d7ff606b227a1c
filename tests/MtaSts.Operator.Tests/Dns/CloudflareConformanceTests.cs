using System.Globalization;
using MtaSts.Operator.Dns;
using MtaSts.TestBed.Cloudflare;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The cloudflare adapter against the test bed's Cloudflare server.</summary>
public abstract class CloudflareTruth(params string[] zones) : IDnsTruth, IAsyncLifetime
{
    private CloudflareBed? _bed;

    public string Zone => "example.test";

    public string SubZone => "sub.example.test";

    public string TableRow => "`cloudflare`";

    public bool IsAtomic => true;

    public bool HasUnknownTypes => false;

    public IDnsProvider Provider => _bed!.Make(zones: zones);

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights => new Dictionary<string, IDnsProvider>
    {
        ["a token that is not known"] = _bed!.Make("nobody-0123456789", zones: zones),
        ["a token that may only read"] = _bed!.Make("reader-0123456789", zones: zones),
    };

    public IDnsProvider WithNobodyThere => _bed!.Make(address: new Uri($"http://127.0.0.1:{NamedServer.FreePort()}/client/v4"), zones: zones);

    public IDnsProvider Watched(WriteWatch watch) => _bed!.Make(address: watch.BeforeHttp(_bed.Server.BaseAddress), zones: zones);

    public async ValueTask InitializeAsync()
    {
        _bed = await CloudflareBed.StartAsync(requestsMax: 100_000); // The limit has tests of its own.
        _bed.Server.AddToken(new CloudflareTokenRights("reader-0123456789", MayEdit: false));
        _bed.Server.AddZone(Zone);
        _bed.Server.AddZone(SubZone);
        _bed.Server.Seed($"*.wild.{Zone}", "TXT", "\"v=STSv1; id=wild;\"", 300);
        _bed.Server.Seed($"*.wild.{Zone}", "A", "192.0.2.99", 300);
    }

    public async ValueTask DisposeAsync()
    {
        await _bed!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public Task SeedAsync(string record)
    {
        var fields = record.Split(' ', 4);
        var content = fields[2] == "CNAME" ? fields[3].TrimEnd('.') : fields[3];
        _bed!.Server.Seed(fields[0], fields[2], content, long.Parse(fields[1], CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, string type)
    {
        _bed!.Server.Remove(name, type);
        return Task.CompletedTask;
    }

    // The server has no name server, so a wildcard stands in here for a name that has nothing (rfc4592#3.3).
    public Task<string[]> LookAsync(string name, string type)
    {
        var at = name;
        for (var above = name; _bed!.Server.Look(at).Count == 0 && above.IndexOf('.', StringComparison.Ordinal) is var dot and > 0;)
        {
            above = above[(dot + 1)..];
            at = "*." + above;
        }

        var lines = _bed.Server.Look(at, type).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Ttl} {Print(r)}"));
        return Task.FromResult(lines.Order(StringComparer.Ordinal).ToArray());
    }

    public Task<string> RevisionAsync() => Task.FromResult(_bed!.Server.Revision.ToString(CultureInfo.InvariantCulture));

    private static string Print(CloudflareRecord record) => record.Type switch
    {
        "TXT" => TxtContent.TryParse(record.Content, out var bytes) ? TxtContent.Print(bytes) : throw new FormatException(record.Content),
        "CNAME" => record.Content + ".",
        _ => record.Content,
    };
}

public sealed class CloudflareAllZones() : CloudflareTruth();

public sealed class CloudflareNamedZones() : CloudflareTruth("example.test", "sub.example.test");

public abstract class CloudflareConformance(CloudflareTruth truth) : DnsProviderConformance
{
    protected override IDnsTruth Truth => truth;
}

public sealed class CloudflareOfAllZonesTests(CloudflareAllZones truth) : CloudflareConformance(truth), IClassFixture<CloudflareAllZones>;

public sealed class CloudflareOfNamedZonesTests(CloudflareNamedZones truth) : CloudflareConformance(truth), IClassFixture<CloudflareNamedZones>;
