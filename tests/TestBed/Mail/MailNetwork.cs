using System.Collections.Concurrent;
using System.Net;
using MtaSts.TestBed.Dns;
using MtaSts.TestBed.Players;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// A small internet for mail, with the real ports: name servers, a resolver, a web server, mail servers, and a sender that knows
/// MTA-STS, in network namespaces of their own. This program reaches all of it, and the servers reach this program, at
/// <see cref="HostAddress"/>. Disposing leaves nothing but the logs.
/// </summary>
public sealed class MailNetwork : IAsyncDisposable
{
    private const int DnsPort = 53;
    private const int PowerDnsApiPort = 8081;

    private readonly NetworkSpaces _spaces;
    private readonly string _folder;
    private readonly ConcurrentDictionary<string, MxServer> _mx = new(StringComparer.Ordinal);
    private NetworkGuard? _guard;
    private bool _disposed;

    private MailNetwork(AddressPlan plan, string folder, LocalCa ca, LocalCa untrustedCa)
    {
        Plan = plan;
        _spaces = new NetworkSpaces(plan);
        _folder = folder;
        Ca = ca;
        UntrustedCa = untrustedCa;
        Attacker = new Attacker(plan, _spaces);
    }

    /// <summary>Addresses and names of this network.</summary>
    public AddressPlan Plan { get; }

    /// <summary>Where programs of the root namespace are reached by the servers: upstreams listen here.</summary>
    public IPAddress HostAddress => Plan.Host;

    /// <summary>The authority that the sender trusts.</summary>
    public LocalCa Ca { get; }

    /// <summary>An authority that nobody trusts.</summary>
    public LocalCa UntrustedCa { get; }

    /// <summary>The DNS.</summary>
    public MailDns Dns { get; private set; } = null!;

    /// <summary>The web server.</summary>
    public WebServer Web { get; private set; } = null!;

    /// <summary>Somebody else's web server; null until it is added.</summary>
    public WebServer? OtherWeb { get; private set; }

    /// <summary>A Knot beside the BINDs of <see cref="Dns"/>; null until it is added.</summary>
    public KnotDaemon? Knot { get; private set; }

    /// <summary>A PowerDNS beside them; null until it is added.</summary>
    public PowerDnsDaemon? PowerDns { get; private set; }

    /// <summary>The sending mail server.</summary>
    public SenderHost Sender { get; private set; } = null!;

    /// <summary>The attacks.</summary>
    public Attacker Attacker { get; }

    /// <summary>The pid of what takes the network down when this program is killed: SIGTERM makes it do so now.</summary>
    public int GuardProcessId => _guard!.ProcessId;

    /// <summary>The mail servers, by host name.</summary>
    public IReadOnlyDictionary<string, MxServer> MxServers => _mx;

    /// <summary>Brings the network up. What a killed network with the same number or folder left is removed first.</summary>
    /// <param name="id">The number of a <see cref="BedId"/> that the caller holds: the network is 198.18.id.0/24.</param>
    /// <param name="folder">For configurations, queues and logs; emptied first. Every user must be able to enter its parents.</param>
    /// <param name="cancellationToken">Gives up and takes everything down.</param>
    /// <exception cref="ChildProcessException">A server did not start; the message has the end of its log.</exception>
    public static async Task<MailNetwork> StartAsync(int id, string folder, CancellationToken cancellationToken)
    {
        var plan = new AddressPlan(id);
        folder = Path.GetFullPath(folder);
        PidFiles.KillLeftovers(folder);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        // Mail servers and mailboxes run as other users.
        await Command.OutputAsync("chmod", ["755", folder], cancellationToken: cancellationToken);
        var network = new MailNetwork(
            plan, folder,
            LocalCa.Create("Test bed", Path.Combine(folder, "ca.pem")),
            LocalCa.Create("Untrusted", Path.Combine(folder, "untrusted-ca.pem")));
        try
        {
            await network._spaces.CreateAsync(cancellationToken);
            network._guard = await NetworkGuard.StartAsync(plan, folder, cancellationToken);
            await Task.WhenAll(
                StartDnsAsync(), StartWebAsync(), StartSenderAsync());
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }

        async Task StartDnsAsync() => network.Dns = await MailDns.StartAsync(plan, folder, cancellationToken);
        async Task StartWebAsync() => network.Web = await WebServer.StartAsync(plan, plan.Web, folder, "web", cancellationToken);
        async Task StartSenderAsync() => network.Sender = await SenderHost.StartAsync(plan, network.Ca, folder, cancellationToken);
    }

    /// <summary>
    /// Starts a mail server. Where its name is in a zone that was added (or in <c>mx.test</c>), it gets its A record there;
    /// otherwise that is the caller's.
    /// </summary>
    /// <exception cref="ChildProcessException">It did not start, or its A record was refused.</exception>
    /// <exception cref="ArgumentException">A server with that name or address is there already.</exception>
    public async Task<MxServer> AddMxAsync(MxOptions options, CancellationToken cancellationToken)
    {
        if (_mx.ContainsKey(options.HostName)) throw new ArgumentException($"{options.HostName} is there already", nameof(options));
        var address = options.Address is { } wanted ? Plan.TakeMx(wanted) : Plan.TakeMx();
        await _spaces.AddServerAddressesAsync([address, Plan.AlternateOf(address)], cancellationToken);
        MxServer server;
        try
        {
            server = await MxServer.StartAsync(options, Plan, address, _folder, cancellationToken);
        }
        catch
        {
            Plan.Return(address);
            throw;
        }

        _mx[options.HostName] = server;
        if (Dns.ZoneOf(options.HostName) is { } zone)
        {
            var update = await Dns.UpdateAsync(zone, [$"add {options.HostName}. 1 A {address}"], key: null, cancellationToken);
            if (!update.Succeeded) throw new ChildProcessException($"no A record for {options.HostName}: {update.Error}");
        }

        return server;
    }

    /// <summary>Gives the servers' namespace one more address of the plan.</summary>
    public Task AddServerAddressAsync(IPAddress address, CancellationToken cancellationToken) => _spaces.AddServerAddressesAsync([address], cancellationToken);

    /// <summary>Starts a second web server, on an address of its own, of which no cluster knows; there is at most one.</summary>
    /// <exception cref="ChildProcessException">It did not start.</exception>
    public async Task<WebServer> AddOtherWebAsync(CancellationToken cancellationToken)
    {
        if (OtherWeb is not null) throw new InvalidOperationException("the other web server is there already");
        await _spaces.AddServerAddressesAsync([Plan.OtherWeb], cancellationToken);
        return OtherWeb = await WebServer.StartAsync(Plan, Plan.OtherWeb, _folder, "other-web", cancellationToken);
    }

    /// <summary>Starts a Knot with one zone, which is delegated to it.</summary>
    /// <param name="zone">Directly below <c>test</c>; nobody else's.</param>
    /// <param name="records">Its records besides SOA and NS.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ChildProcessException">It did not start.</exception>
    public async Task AddKnotAsync(string zone, IReadOnlyList<ZoneRecord> records, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync("knot", Plan.Knot, cancellationToken);
        Knot = await KnotDaemon.StartAsync(
            place, new Dictionary<string, string> { [zone] = place.ZoneFile(zone, 1, records) }, [Dns.Sha256Key, Dns.Sha512Key], [], cancellationToken);
        await Dns.DelegateAsync(zone, place.Address, cancellationToken);
    }

    /// <summary>Starts a PowerDNS with one zone, which is delegated to it.</summary>
    /// <param name="zone">Directly below <c>test</c>; nobody else's.</param>
    /// <param name="records">Its records besides SOA and NS.</param>
    /// <param name="apiKey">The key of its API.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ChildProcessException">It did not start.</exception>
    public async Task AddPowerDnsAsync(string zone, IReadOnlyList<ZoneRecord> records, string apiKey, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync("powerdns", Plan.PowerDns, cancellationToken);
        PowerDns = await PowerDnsDaemon.StartAsync(
            place, PowerDnsApiPort, apiKey, new Dictionary<string, string> { [zone] = place.ZoneFile(zone, 1, records) }, [], cancellationToken);
        await Dns.DelegateAsync(zone, place.Address, cancellationToken);
    }

    /// <summary>
    /// Makes a place on this network for a pod: pods of one Deployment listen on the same port, each in a namespace of its own. The
    /// servers and this program reach them at the address.
    /// </summary>
    /// <param name="slot">0 to <see cref="AddressPlan.PodCount"/> - 1; each can be made once.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<PodNetwork> AddPodAsync(int slot, CancellationToken cancellationToken)
    {
        var place = new PodNetwork(Plan.PodNamespace(slot), $"{Plan.Pod(slot)}");
        await _spaces.AddPodAsync(slot, cancellationToken);
        return place;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        IAsyncDisposable?[] servers = [Sender, Web, OtherWeb, Dns, Knot, PowerDns, .. _mx.Values];
        try
        {
            await Task.WhenAll(servers.OfType<IAsyncDisposable>().Select(static server => server.DisposeAsync().AsTask()));
        }
        finally
        {
            if (_guard is not null) await _guard.DisposeAsync();
            await _spaces.RemoveAsync();
            Ca.Dispose();
            UntrustedCa.Dispose();
        }
    }

    private async Task<DaemonPlace> PlaceAsync(string name, IPAddress address, CancellationToken cancellationToken)
    {
        await _spaces.AddServerAddressesAsync([address], cancellationToken);
        return new DaemonPlace(address, DnsPort, Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, _folder, Plan.MailNamespace);
    }
}
