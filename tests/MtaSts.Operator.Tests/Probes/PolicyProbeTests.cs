using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class PolicyProbeTests
{
    private const string Host = "mta-sts.example.com";
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n";

    [Fact]
    public async Task A_policy_is_fetched_as_a_sender_does()
    {
        var request = "";
        await using var peer = new TcpPeer(async s =>
        {
            await s.TlsAsync(TestCertificates.Issue([Host]));
            request = await s.HeadAsync();
            await s.SendAsync(Head + "Content-Length: 5\r\n\r\nhello");
        });
        var fetch = await FetchAsync(peer);
        Assert.Equal((FetchStatus.Responded, 200, "text/plain"), (fetch.Status, fetch.HttpStatus, fetch.ContentType));
        Assert.Equal("hello", Encoding.ASCII.GetString(fetch.Body.Span));
        Assert.Equal((ChainStatus.Trusted, true), (fetch.Certificate!.Chain, fetch.Certificate.NameMatches));
        Assert.StartsWith("GET /.well-known/mta-sts.txt HTTP/1.1\n", request, StringComparison.Ordinal);
        Assert.Contains($"Host: {Host}\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Accept-Encoding", request, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string, string, FetchStatus, int?> Responses => new()
    {
        { "chunked", Head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", FetchStatus.Responded, 200 },
        { "until the connection closes", Head + "\r\nabc", FetchStatus.Responded, 200 },
        { "a redirect is not followed", $"HTTP/1.1 301 Moved\r\nLocation: https://{Host}/other\r\nContent-Length: 0\r\n\r\n", FetchStatus.Responded, 301 },
        { "not found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", FetchStatus.Responded, 404 },
        { "65536 bytes are allowed", Head + "Content-Length: 65536\r\n\r\n" + new string('x', 65536), FetchStatus.Responded, 200 },
        { "65537 bytes are not", Head + "Content-Length: 65537\r\n\r\n" + new string('x', 65537), FetchStatus.TooLarge, 200 },
        { "breaks off", Head + "Content-Length: 100\r\n\r\nabc", FetchStatus.Malformed, null },
        { "a broken chunk", Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", FetchStatus.Malformed, null },
        { "not HTTP", "220 mx ESMTP\r\n", FetchStatus.Malformed, null },
        { "binary", "\0\u0001\u0002\u00ff\r\n\r\n", FetchStatus.Malformed, null },
        { "nothing", "", FetchStatus.Malformed, null },
        { "headers without end", "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"X-{i}: y\r\n")), FetchStatus.Malformed, null },
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task Each_response_has_an_outcome(string why, string response, FetchStatus status, int? http)
    {
        await using var peer = Server(s => s.SendAsync(response));
        var fetch = await FetchAsync(peer);
        Assert.Equal((status, http), (fetch.Status, fetch.HttpStatus));
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task A_body_without_end_ends_by_its_size()
    {
        await using var peer = Server(async s =>
        {
            await s.SendAsync(Head + "\r\n");
            while (true)
            {
                await s.SendAsync(new string('x', 8192));
            }
        });
        Assert.Equal(FetchStatus.TooLarge, (await FetchAsync(peer)).Status);
    }

    public static TheoryData<string, string> Drips => new()
    {
        { "a header that never ends", "HTTP/1.1 200 OK\r\nX: " },
        { "a body that never ends", Head + "Content-Length: 60000\r\n\r\n" },
        { "chunks that never end", Head + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" },
    };

    [Theory]
    [MemberData(nameof(Drips))]
    public async Task An_answer_that_drips_ends_by_the_deadline(string why, string start)
    {
        await using var peer = Server(async s =>
        {
            await s.SendAsync(start);
            while (true)
            {
                await s.SendAsync("x");
                await Task.Delay(20, s.End);
            }
        });
        var fetch = await FetchAsync(peer, TimeSpan.FromSeconds(2)); // the handshake has to fit on a busy machine
        Assert.Equal(FetchStatus.TimedOut, fetch.Status);
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task Silence_after_the_connection_times_out()
    {
        await using var peer = new TcpPeer(s => s.StallAsync());
        Assert.Equal(FetchStatus.TimedOut, (await FetchAsync(peer, Loopback.Brief)).Status);
    }

    [Fact]
    public async Task Plain_text_instead_of_TLS_is_a_TLS_failure()
    {
        await using var peer = new TcpPeer(s => s.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        Assert.Equal(FetchStatus.TlsFailed, (await FetchAsync(peer)).Status);
    }

    public static TheoryData<string, Func<object>, ChainStatus, bool> Certificates => new()
    {
        { "wrong name", () => TestCertificates.Issue(["example.com"]), ChainStatus.Trusted, false },
        { "expired", () => TestCertificates.Issue([Host], toDays: -1), ChainStatus.Expired, true },
        { "untrusted", () => TestCertificates.SelfSigned(Host), ChainStatus.Untrusted, true },
    };

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_bad_certificate_ends_the_fetch_before_the_request(string why, Func<object> certificate, ChainStatus chain, bool nameMatches)
    {
        var request = "";
        await using var peer = new TcpPeer(async s =>
        {
            await s.TlsAsync((X509Certificate2)certificate());
            request = await s.HeadAsync();
        });
        var fetch = await FetchAsync(peer);
        Assert.Equal(FetchStatus.CertificateRejected, fetch.Status);
        Assert.Equal((chain, nameMatches), (fetch.Certificate!.Chain, fetch.Certificate.NameMatches));
        await peer.DisposeAsync();
        Assert.Equal("", request);
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        var (probe, dns) = Probe(TcpPeer.ClosedPort(), Loopback.Ample);
        using (dns)
        using (probe)
        {
            Assert.Equal(FetchStatus.Unreachable, (await probe.FetchAsync(Host, IPAddress.Loopback, Loopback.Allowed, TestContext.Current.CancellationToken)).Status);
        }
    }

    [Fact]
    public async Task A_private_address_is_not_connected_to()
    {
        await using var peer = new TcpPeer(s => s.StallAsync());
        var (probe, dns) = Probe(peer.Port, Loopback.Ample);
        using (dns)
        using (probe)
        {
            Assert.Equal(FetchStatus.AddressRefused, (await probe.FetchAsync(Host, IPAddress.Loopback, [], TestContext.Current.CancellationToken)).Status);
        }

        Assert.Equal(0, peer.Connections);
    }

    private static TcpPeer Server(Func<PeerStream, Task> answer) => new(async s =>
    {
        await s.TlsAsync(TestCertificates.Issue([Host]));
        await s.HeadAsync();
        await answer(s);
    });

    private static (PolicyProbe Policy, DnsProbe Dns) Probe(int port, TimeSpan deadline)
    {
        var options = Loopback.Options with { HttpsPort = port, HttpsDeadline = deadline, Resolvers = [new IPEndPoint(IPAddress.Loopback, 9)] };
        var dns = new DnsProbe(options, TimeProvider.System);
        return (new PolicyProbe(options, dns, new TlsClient(new CertificateJudge(options, TimeProvider.System))), dns);
    }

    private static async Task<PolicyFetch> FetchAsync(TcpPeer peer, TimeSpan? deadline = null)
    {
        var (probe, dns) = Probe(peer.Port, deadline ?? Loopback.Ample);
        using (dns)
        using (probe)
        {
            return await probe.FetchAsync(Host, IPAddress.Loopback, Loopback.Allowed, TestContext.Current.CancellationToken);
        }
    }
}
