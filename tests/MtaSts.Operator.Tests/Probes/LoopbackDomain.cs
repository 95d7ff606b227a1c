using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

/// <summary>The domain example.com on loopback: its DNS, its policy host and its mail server, as a test wants them.</summary>
internal sealed class LoopbackDomain : IAsyncDisposable
{
    public const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: 86400\r\n";

    public LoopbackDomain(string policy = Policy, string mxCertificate = "mx1.example.com", IEnumerable<DnsRecord>? more = null, DnsType? without = null)
    {
        DnsRecord[] records =
        [
            DnsRecord.Ns("example.com", "ns.example.com"),
            DnsRecord.A("ns.example.com", "127.0.0.1"),
            DnsRecord.A("mta-sts.example.com", "127.0.0.1"),
            DnsRecord.A("mx1.example.com", "127.0.0.1"),
            DnsRecord.Mx("example.com", 10, "mx1.example.com"),
            DnsRecord.Txt("_mta-sts.example.com", "v=STSv1; id=abc;"),
            DnsRecord.Txt("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:tls@example.com"),
            .. more ?? [],
        ];
        Dns = DnsPeer.Of([.. records.Where(r => r.Type != without)]);
        Https = new TcpPeer(async s =>
        {
            await s.TlsAsync(TestCertificates.Issue(["mta-sts.example.com"]));
            await s.HeadAsync();
            await s.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {policy.Length}\r\n\r\n{policy}");
        });
        Smtp = new TcpPeer(async s =>
        {
            await MxProberTests.ToStartTlsAsync(s, []);
            await s.TlsAsync(TestCertificates.Issue([mxCertificate]));
            await s.LineAsync();
            await s.SendAsync("221 bye\r\n");
        });
    }

    public DnsPeer Dns { get; }

    public TcpPeer Https { get; }

    public TcpPeer Smtp { get; }

    public ProbeOptions Options => Loopback.Options with { Resolvers = [Dns.EndPoint], DnsPort = Dns.Port, HttpsPort = Https.Port, SmtpPort = Smtp.Port };

    public async ValueTask DisposeAsync()
    {
        await Dns.DisposeAsync();
        await Https.DisposeAsync();
        await Smtp.DisposeAsync();
    }
}
