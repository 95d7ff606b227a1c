using System.Collections.Immutable;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Tests.Observations;

/// <summary>A healthy domain as the probes see it; each test bends one fact of it.</summary>
internal static class World
{
    public const string PolicyHost = "mta-sts.example.com";
    public const string StsName = "_mta-sts.example.com";
    public const string TlsRptName = "_smtp._tls.example.com";
    public const string Ns1 = "ns1.example.net (192.0.2.53)";
    public const string Ns2 = "ns2.example.net (198.51.100.53)";
    public const string Resolver = "192.0.2.1";

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly PolicyDocument Old = Document(StsMode.Testing);
    public static readonly PolicyDocument Current = Document(StsMode.Enforce);
    public static readonly TlsRptRecord Rua = new(["mailto:tls@example.com"]);

    public static readonly Expectation Expected = new()
    {
        Served = Current,
        Published = Current.Id,
        Previous = Old.Id,
        ServedBefore = Old.Id,
        Mx = Current.Policy.Mx,
        TlsRpt = Rua,
        CertificateLifeMin = TimeSpan.FromDays(7),
    };

    public static readonly CertificateFacts GoodCertificate = Certificate();

    public static Observed Healthy { get; } = new()
    {
        At = Now,
        Policy = Policy(Fetch()),
        StsTxt = Texts(StsName, $"v=STSv1; id={Current.Id};"),
        TlsRptTxt = Texts(TlsRptName, Rua.ToString()),
        Mx = Mx(Host("mx1.example.com", Smtp("mx1.example.com"))),
        Records = ImmutableDictionary<RecordKey, DnsView>.Empty,
    };

    public static PolicyDocument Document(StsMode mode) => PolicyDocument.Of(
        new StsPolicy(mode, [MxPattern.Parse("mx1.example.com"), MxPattern.Parse("*.mail.example.net")], 86400));

    public static CertificateFacts Certificate(
        ChainStatus chain = ChainStatus.Trusted, bool nameMatches = true, int days = 60, params ImmutableArray<string> names) =>
        new(chain, nameMatches, names.IsDefaultOrEmpty ? ["other.example.org"] : names, Now.AddDays(days));

    public static PolicyFetch Fetch(
        FetchStatus status = FetchStatus.Responded, int? http = 200, string? type = "text/plain", string? body = null, string address = "203.0.113.1",
        CertificateFacts? certificate = null) =>
        new(PolicyHost, address, status, http, type, Encoding.UTF8.GetBytes(body ?? Current.Text), certificate ?? GoodCertificate);

    public static PolicyView Policy(params ImmutableArray<PolicyFetch> fetches) => new(
        PolicyHost, [Reply(Resolver, DnsStatus.Answered, "203.0.113.1"), Reply(Resolver, DnsStatus.NoData)], fetches);

    public static DnsReply Reply(string server, DnsStatus status, params ImmutableArray<string> records) => new(server, status, records, []);

    public static DnsView Texts(string name, params ImmutableArray<string> records) => new(
        name,
        [Reply(Ns1, DnsStatus.Answered, records), Reply(Ns2, DnsStatus.Answered, records)],
        [Reply(Resolver, DnsStatus.Answered, records)]);

    public static SmtpProbe Smtp(string host, SmtpStatus status = SmtpStatus.TlsEstablished, CertificateFacts? certificate = null, string address = "203.0.113.25") =>
        new(host, address, status, status == SmtpStatus.TlsEstablished ? certificate ?? GoodCertificate : null);

    public static MxHost Host(string host, params ImmutableArray<SmtpProbe> probes) => new(
        host, 10, [Reply(Resolver, DnsStatus.Answered, "203.0.113.25"), Reply(Resolver, DnsStatus.NoData)], probes);

    public static MxView Mx(params ImmutableArray<MxHost> hosts) => new(
        Lookup([.. hosts.Select(h => $"{h.Preference} {h.Host}")]), hosts, IsNullMx: false, EgressBlocked: false);

    public static DnsView Lookup(params ImmutableArray<string> records)
    {
        var status = records.IsEmpty ? DnsStatus.NoData : DnsStatus.Answered;
        return new("example.com", [Reply(Ns1, status, records)], [Reply(Resolver, status, records)]);
    }

    /// <summary>The findings of one check in one line each: "Broken MxNull example.com", or "Healthy".</summary>
    public static IReadOnlyList<string> Show(Check check, Expectation expectation, Observed observed) =>
        [.. Judge.All(expectation, observed, Now).Where(r => r.Check == check).Select(r => Show(r.Finding))];

    public static string Show(Finding finding) => finding switch
    {
        Finding.Broken f => $"Broken {f.Reason} {f.Subject}",
        Finding.Unknown f => $"Unknown {f.Reason} {f.Subject}",
        _ => "Healthy",
    };
}
