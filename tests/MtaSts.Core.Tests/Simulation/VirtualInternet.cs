using System.Collections.Immutable;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Tests.Observations;

namespace MtaSts.Core.Tests.Simulation;

/// <summary>
/// The world around one domain: a zone with a primary and a lagging secondary, a policy server of which one replica lags, and mail servers.
/// </summary>
internal sealed class VirtualInternet
{
    public const string Domain = "example.com";

    /// <summary>Where the STS record is.</summary>
    public static readonly RecordKey StsKey = new("_mta-sts.example.com", RecordType.Txt);

    /// <summary>How old the answer of a resolver may be.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromMinutes(5);

    /// <summary>How far the secondary is behind.</summary>
    public static readonly TimeSpan SecondaryLag = TimeSpan.FromSeconds(90);

    /// <summary>How far the slower policy server is behind.</summary>
    public static readonly TimeSpan ReplicaLag = TimeSpan.FromSeconds(75);

    private readonly Timeline<ImmutableDictionary<RecordKey, ImmutableSortedSet<string>>> _zone;
    private readonly Timeline<string?> _document = new(null);
    private readonly Timeline<ImmutableSortedSet<string>> _mx = new(["mx1.example.com"]);
    private readonly Random _luck;

    public VirtualInternet(DateTimeOffset start, Random luck)
    {
        Now = start;
        _luck = luck;
        _zone = new(Foreign.ToImmutableDictionary());
    }

    /// <summary>Records of others: at our names and elsewhere.</summary>
    public static IReadOnlyDictionary<RecordKey, ImmutableSortedSet<string>> Foreign { get; } = new Dictionary<RecordKey, ImmutableSortedSet<string>>
    {
        [new("_mta-sts.example.com", RecordType.Txt)] = ["site-verification=1"],
        [new("_smtp._tls.example.com", RecordType.Txt)] = ["a sibling"],
        [new("_mta-sts.other.example.com", RecordType.Txt)] = ["v=STSv1; id=20260101;"],
        [OwnerRecord.KeyFor("_mta-sts.example.com")] = ["not an owner record"],
    };

    public DateTimeOffset Now { get; private set; }

    /// <summary>MX hosts whose certificate is not valid now.</summary>
    public HashSet<string> Ill { get; } = [];

    public bool MailIsHealthy => Ill.Count == 0;

    public ImmutableSortedSet<string> Mx => _mx.Now;

    public string? Document => _document.Now;

    public ImmutableDictionary<RecordKey, ImmutableSortedSet<string>> Zone => _zone.Now;

    public void Wait(TimeSpan time) => Now += time;

    public void HandOver(string document) => _document.Set(document, Now);

    public void SetMx(ImmutableSortedSet<string> hosts) => _mx.Set(hosts, Now);

    public ImmutableSortedSet<string> Records(RecordKey key) => Of(_zone.Now, key);

    public void Write(RecordKey key, ImmutableSortedSet<string> values) =>
        _zone.Set(values.IsEmpty ? _zone.Now.Remove(key) : _zone.Now.SetItem(key, values), Now);

    // What a sender sees: a resolver's answer of some age, from either server; either replica.

    public ImmutableSortedSet<string> Ask(RecordKey key) => Of(_zone.At(SomeServerAt()), key);

    public string? Fetch() => _document.At(Now - (_luck.Next(2) == 0 ? TimeSpan.Zero : ReplicaLag));

    public ImmutableSortedSet<string> AskMx() => _mx.At(SomeServerAt());

    /// <summary>The facts that the probes would collect; a few answers are lost.</summary>
    public Observed Observe(IEnumerable<RecordKey> keys) => new()
    {
        At = Now,
        Policy = World.Policy(FetchAt("203.0.113.1", Now), FetchAt("203.0.113.2", Now - ReplicaLag)),
        StsTxt = View(StsKey),
        TlsRptTxt = View(new RecordKey("_smtp._tls.example.com", RecordType.Txt)),
        Mx = ObserveMx(),
        Records = keys.ToImmutableDictionary(k => k, k => View(k) with { Resolvers = [] }),
    };

    private MxView ObserveMx()
    {
        ImmutableSortedSet<string>[] seen = [_mx.Now, _mx.At(Now - SecondaryLag), _mx.At(SomeServerAt())];
        var replies = seen.Select((hosts, i) => Maybe($"ns{i}", [.. hosts.Select(h => $"10 {h}")])).ToArray();
        var named = replies.SelectMany(r => r.Records).Select(r => r[3..]).Distinct().Order(StringComparer.Ordinal);
        return new MxView(new DnsView(Domain, [replies[0], replies[1]], [replies[2]]), [.. named.Select(Host)], IsNullMx: false, EgressBlocked: false);
    }

    private MxHost Host(string host) => World.Host(
        host, World.Smtp(host, certificate: World.GoodCertificate with { NotAfter = Now.AddDays(60), Chain = Ill.Contains(host) ? ChainStatus.Expired : ChainStatus.Trusted }));

    private DnsView View(RecordKey key) => new(
        key.Name,
        [Maybe("ns0", Of(_zone.Now, key)), Maybe("ns1", Of(_zone.At(Now - SecondaryLag), key))],
        [Maybe("resolver", Of(_zone.At(SomeServerAt()), key))]);

    private DnsReply Maybe(string server, IReadOnlyCollection<string> records) => _luck.Next(200) == 0
        ? World.Reply(server, DnsStatus.ServerFailure)
        : World.Reply(server, records.Count == 0 ? DnsStatus.NoData : DnsStatus.Answered, [.. records]);

    private PolicyFetch FetchAt(string address, DateTimeOffset time)
    {
        var certificate = World.GoodCertificate with { NotAfter = Now.AddDays(60) };
        return _document.At(time) is { } text
            ? new(World.PolicyHost, address, FetchStatus.Responded, 200, "text/plain", Encoding.ASCII.GetBytes(text), certificate)
            : new(World.PolicyHost, address, FetchStatus.Responded, 404, "text/plain", default, certificate);
    }

    private DateTimeOffset SomeServerAt() =>
        Now - (Ttl * _luck.NextDouble()) - (_luck.Next(2) == 0 ? TimeSpan.Zero : SecondaryLag);

    private static ImmutableSortedSet<string> Of(ImmutableDictionary<RecordKey, ImmutableSortedSet<string>> zone, RecordKey key) =>
        zone.GetValueOrDefault(key, []);
}
