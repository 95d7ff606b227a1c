using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using MtaSts.Core.Desired;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Endpoint;
using MtaSts.Operator.Probes;
using MtaSts.TestBed;
using MtaSts.TestBed.ExternalDns;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A real API server, a stand-in for external-dns, and a real BIND that it writes to.</summary>
public sealed class EndpointBed : IAsyncLifetime
{
    public const string Space = "records";
    public const string Unwatched = "unwatched"; // by the stand-in
    public const string Powerless = "powerless";

    private const string Algorithm = "hmac-sha256";
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mtasts-endpoint-");
    private readonly List<IDisposable> _open = [];
    private NamedServer? _named;
    private ControlPlane? _plane;
    private ExternalDnsPlayer? _player;
    private DnsProbe? _probe;

    public static string? WhyNot => NamedServer.WhyNot ?? ControlPlane.MissingReason();

    public static string Zone => NamedServer.Zone;

    public static string SubZone => NamedServer.SubZone;

    /// <summary>What the adapter said before the API server had DNSEndpoints.</summary>
    public ReadAnswer? WithoutCrd { get; private set; }

    internal NamedServer Named => _named!;

    internal ControlPlane Plane => _plane!;

    internal ExternalDnsPlayer Player => _player!;

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
            return;
        _named = await NamedServer.StartAsync(Algorithm, Secret);
        _probe = Probe(Named.Port);
        _plane = await ControlPlane.StartAsync(
            Path.Combine(_folder.FullName, "plane"), new ControlPlaneOptions { Users = [new ControlPlaneUser(Powerless)] }, CancellationToken.None);
        await Plane.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {Space} }}\n", CancellationToken.None);
        await Plane.ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {Unwatched} }}\n", CancellationToken.None);
        WithoutCrd = await Make().ReadAsync(new DnsZone(Zone), [new RecordKey("_mta-sts." + Zone, RecordType.Txt)], CancellationToken.None);
        await DnsEndpointCrd.InstallAsync(Plane, CancellationToken.None);
        var key = new TestBed.Mail.TsigKey("updates", Algorithm, Secret);
        UpdatedZone[] zones = [.. new[] { Zone, SubZone }.Select(z => new UpdatedZone(IPAddress.Loopback, Named.Port, z, key))];
        _player = ExternalDnsPlayer.Start(Plane.Client, Space, zones, _folder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        if (_player is not null)
            await _player.DisposeAsync();
        _open.ForEach(o => o.Dispose());
        if (_plane is not null)
            await _plane.DisposeAsync();
        if (_named is not null)
            await _named.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public EndpointProvider Make(string? kubeconfig = null, string space = Space, TimeSpan? patience = null, int? dnsPort = null, DelegatingHandler? handler = null)
    {
        var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig ?? Plane.AdminKubeconfig), handler is null ? [] : [handler]);
        _open.Add(client);
        var options = new EndpointOptions
        {
            Namespace = space,
            Zones = [Zone, SubZone],
            AllowedAddresses = [IPNetwork.Parse("127.0.0.0/8")],
            Patience = patience ?? TimeSpan.FromSeconds(20),
        };
        return new EndpointProvider(
            options, new ServerSideApply(new ApiClient(client), "mta-sts-operator"), dnsPort is { } port ? Probe(port) : _probe!, TimeProvider.System);
    }

    public Task SeedAsync(string record) => Named.UpdateAsync(Algorithm, Secret, "add " + record);

    public Task RemoveAsync(string name, string type) => Named.UpdateAsync(Algorithm, Secret, $"del {name} {type}");

    /// <summary>The records as DNS has them when the stand-in has done what it can.</summary>
    public async Task<string[]> LookAsync(string name, string type)
    {
        await Player.PassAsync(CancellationToken.None);
        var lines = await Named.DigAsync(name, type, "+noall", "+answer", "+norecurse");
        return [.. lines.Select(l => l.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries)).Where(f => f[3] == type)
            .Select(f => $"{f[1]} {f[4].Replace("\" \"", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal)];
    }

    /// <summary>The object of a record name as the API server has it; null where there is none.</summary>
    public async Task<JsonNode?> ObjectAsync(string recordName, string space = Space)
    {
        var found = await Plane.TryKubectlAsync(["get", "dnsendpoints", "-n", space, EndpointObject.ObjectName(recordName), "-o", "json", "--ignore-not-found"]);
        return found.Output.Trim().Length == 0 ? null : JsonNode.Parse(found.Output);
    }

    private DnsProbe Probe(int port)
    {
        var probe = new DnsProbe(new ProbeOptions { Resolvers = [new IPEndPoint(IPAddress.Loopback, port)], DnsPort = port, DnsDeadline = TimeSpan.FromSeconds(3) }, TimeProvider.System);
        _open.Add(probe);
        return probe;
    }
}

/// <summary>The externalDnsEndpoint adapter as the conformance suite wants it.</summary>
public sealed class EndpointTruth : IDnsTruth, IAsyncLifetime
{
    private readonly EndpointBed _bed = new();
    private EndpointProvider? _provider;

    public string Zone => EndpointBed.Zone;

    public string SubZone => EndpointBed.SubZone;

    public string TableRow => "`externalDnsEndpoint`";

    // The object is written as a whole; what external-dns makes of it is not.
    public bool IsAtomic => false;

    public bool SharesSets => false;

    public IDnsProvider Provider => _provider!; // One for all tests, as one serves all domains.

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights =>
        new Dictionary<string, IDnsProvider> { ["a user without rights"] = _bed.Make(_bed.Plane.KubeconfigFor(EndpointBed.Powerless)) };

    public IDnsProvider WithNobodyThere => _bed.Make(DeadKubeconfig());

    public IDnsProvider Watched(WriteWatch watch) => _bed.Make(handler: watch.Handler());

    public async ValueTask InitializeAsync()
    {
        await _bed.InitializeAsync();
        _provider = EndpointBed.WhyNot is null ? _bed.Make() : null;
    }

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    public Task SeedAsync(string record) => _bed.SeedAsync(record);

    public Task RemoveAsync(string name, string type) => _bed.RemoveAsync(name, type);

    public Task<string[]> LookAsync(string name, string type) => _bed.LookAsync(name, type);

    public async Task<string> RevisionAsync()
    {
        await _bed.Player.PassAsync(CancellationToken.None);
        return (await _bed.Named.DigAsync(Zone, "SOA", "+short"))[0].Split(' ')[2];
    }

    private string DeadKubeconfig()
    {
        var path = Path.Combine(_bed.Plane.Folder, "dead.yaml");
        var port = NamedServer.FreePort().ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(path, File.ReadAllText(_bed.Plane.AdminKubeconfig).Replace($":{_bed.Plane.Server.Port}", $":{port}", StringComparison.Ordinal));
        return path;
    }
}

public sealed class EndpointConformanceTests : DnsProviderConformance, IClassFixture<EndpointTruth>
{
    private readonly EndpointTruth _truth;

    public EndpointConformanceTests(EndpointTruth truth)
    {
        Assert.SkipWhen(EndpointBed.WhyNot is not null, EndpointBed.WhyNot ?? "");
        _truth = truth;
    }

    protected override IDnsTruth Truth => _truth;
}
