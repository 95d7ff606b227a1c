using System.Net;
using System.Security.Authentication;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class MxProberTests
{
    private const string Host = "mx1.example.com";

    [Fact]
    public async Task A_good_server_is_told_with_its_certificate_and_hears_QUIT()
    {
        var heard = new List<string>();
        await using var peer = new TcpPeer(async s =>
        {
            await ToStartTlsAsync(s, heard);
            await s.TlsAsync(TestCertificates.Issue([Host]));
            heard.Add(await s.LineAsync());
            await s.SendAsync("221 bye\r\n");
        });
        var probe = await ProbeAsync(peer);
        Assert.Equal(SmtpStatus.TlsEstablished, probe.Status);
        Assert.Equal("1.3", probe.TlsVersion);
        Assert.Equal((ChainStatus.Trusted, true), (probe.Certificate!.Chain, probe.Certificate.NameMatches));
        Assert.Equal(["EHLO [127.0.0.1]", "STARTTLS", "QUIT"], heard);
    }

    public static TheoryData<string, string[], int, ChainStatus, bool> Certificates => new()
    {
        { "another name", ["other.example.com"], 60, ChainStatus.Trusted, false },
        { "a wildcard of the label", ["*.example.com"], 60, ChainStatus.Trusted, true },
        { "a wildcard too high", ["*.com"], 60, ChainStatus.Trusted, false },
        { "no name", [], 60, ChainStatus.Trusted, false },
        { "expired", [Host], -1, ChainStatus.Expired, true },
    };

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task Each_certificate_is_judged(string why, string[] names, int days, ChainStatus chain, bool nameMatches)
    {
        await using var peer = Server(s => s.TlsAsync(TestCertificates.Issue(names, toDays: days)));
        var probe = await ProbeAsync(peer);
        Assert.Equal(SmtpStatus.TlsEstablished, probe.Status);
        Assert.Equal((chain, nameMatches), (probe.Certificate!.Chain, probe.Certificate.NameMatches));
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_yet_is_told_apart()
    {
        await using var peer = Server(s => s.TlsAsync(TestCertificates.Issue([Host], fromDays: 5)));
        Assert.Equal(ChainStatus.NotYetValid, (await ProbeAsync(peer)).Certificate?.Chain);
    }

    [Fact]
    public async Task A_certificate_for_another_use_is_rejected()
    {
        await using var peer = Server(s => s.TlsAsync(TestCertificates.Issue([Host], usage: "1.3.6.1.5.5.7.3.4")));
        Assert.Equal(ChainStatus.Rejected, (await ProbeAsync(peer)).Certificate?.Chain);
    }

    [Fact]
    public async Task A_certificate_that_signs_itself_is_untrusted()
    {
        await using var peer = Server(s => s.TlsAsync(TestCertificates.SelfSigned(Host)));
        Assert.Equal((ChainStatus.Untrusted, true), ((await ProbeAsync(peer)).Certificate!.Chain, (await ProbeAsync(peer)).Certificate!.NameMatches));
    }

    [Fact]
    public async Task TLS_1_1_alone_fails()
    {
#pragma warning disable SYSLIB0039, CA5397 // the old version is what is tested
        await using var peer = Server(s => s.TlsAsync(TestCertificates.Issue([Host]), SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
        Assert.Equal(SmtpStatus.TlsFailed, (await ProbeAsync(peer)).Status);
    }

    [Fact]
    public async Task TLS_1_2_is_enough()
    {
        await using var peer = Server(s => s.TlsAsync(TestCertificates.Issue([Host]), SslProtocols.Tls12));
        Assert.Equal("1.2", (await ProbeAsync(peer)).TlsVersion);
    }

    public static TheoryData<string, string[], SmtpStatus> Scripts => new()
    {
        // Each text is said at once, or after a line of the probe.
        { "turned away for now", ["450 later\r\n"], SmtpStatus.Rejected },
        { "turned away for good", ["554 go away\r\n", "221 bye\r\n"], SmtpStatus.Rejected },
        { "EHLO refused", ["220 hi\r\n", "502 no\r\n"], SmtpStatus.Rejected },
        { "an odd greeting", ["250 hi\r\n"], SmtpStatus.Malformed },
        { "HTTP", ["HTTP/1.1 400 Bad Request\r\n\r\n"], SmtpStatus.Malformed },
        { "binary", ["\0\u0001\u00ff\r\n"], SmtpStatus.Malformed },
        { "SSH", ["SSH-2.0-x\r\n"], SmtpStatus.Malformed },
        { "nothing and hangs up", [""], SmtpStatus.Malformed },
        { "half a line and hangs up", ["220 h"], SmtpStatus.Malformed },
        { "two codes in one reply", ["220-hi\r\n221 ho\r\n"], SmtpStatus.Malformed },
        { "a line of 3000 bytes", ["220 " + new string('x', 3000) + "\r\n"], SmtpStatus.Malformed },
        { "a reply of 200 lines", [string.Concat(Enumerable.Repeat("220-hi\r\n", 200)) + "220 hi\r\n"], SmtpStatus.Malformed },
        { "a long greeting of several lines", ["220-hi\r\n220-no spam\r\n220 go\r\n", "250-me\r\n250 SIZE\r\n"], SmtpStatus.StartTlsNotOffered },
        { "no extensions", ["220 hi\r\n", "250 me\r\n", "221 bye\r\n"], SmtpStatus.StartTlsNotOffered },
        { "STARTTLS as the server's name alone", ["220 hi\r\n", "250 STARTTLS\r\n"], SmtpStatus.StartTlsNotOffered },
        { "a keyword that begins alike", ["220 hi\r\n", "250-me\r\n250 STARTTLSX\r\n"], SmtpStatus.StartTlsNotOffered },
        { "STARTTLS refused for now", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "454 no\r\n"], SmtpStatus.StartTlsRefused },
        { "STARTTLS refused for good", ["220 hi\r\n", "250-me\r\n250 starttls\r\n", "502 no\r\n"], SmtpStatus.StartTlsRefused },
        { "STARTTLS answered with 250", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "250 ok\r\n"], SmtpStatus.Malformed },
        { "text before the handshake", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"], SmtpStatus.Malformed },
        { "garbage in the handshake", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "220 go\r\n", "this is not TLS at all\r\n"], SmtpStatus.TlsFailed },
        { "hangs up in the handshake", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "220 go\r\n"], SmtpStatus.TlsFailed },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Each_conversation_has_an_outcome(string why, string[] says, SmtpStatus expected)
    {
        await using var peer = new TcpPeer(s => SayAsync(s, says));
        var probe = await ProbeAsync(peer);
        Assert.Equal(expected, probe.Status);
        Assert.True(probe.Detail is null || (probe.Detail.Length <= 200 && probe.Detail.All(c => c is >= ' ' and <= '~')), why);
    }

    [Theory]
    [InlineData("554 5.7.1 blocked, session 8a7f at 12:00:01\r\n", "554 5.7.1")]
    [InlineData("421 try later, id 42\r\n", "421")]
    [InlineData("SSH-2.0-OpenSSH_9.2 8a7f\r\n", "a line that is no reply: SSH-...")]
    public async Task A_detail_holds_nothing_that_changes_from_session_to_session(string says, string detail)
    {
        await using var peer = new TcpPeer(s => SayAsync(s, [says]));
        Assert.Equal(detail, (await ProbeAsync(peer)).Detail);
    }

    public static TheoryData<string, string[]> Stalls => new()
    {
        { "before the greeting", [] },
        { "in the greeting", ["220-hi\r\n"] },
        { "after the greeting", ["220 hi\r\n"] },
        { "after EHLO", ["220 hi\r\n", "250-me\r\n"] },
        { "after STARTTLS", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n"] },
        { "in the handshake", ["220 hi\r\n", "250-me\r\n250 STARTTLS\r\n", "220 go\r\n"] },
    };

    [Theory]
    [MemberData(nameof(Stalls))]
    public async Task A_server_that_stalls_at_any_step_times_out(string why, string[] says)
    {
        await using var peer = new TcpPeer(async s =>
        {
            await SayAsync(s, says);
            await s.StallAsync();
        });
        var probe = await ProbeAsync(peer, Loopback.Brief);
        Assert.Equal(SmtpStatus.TimedOut, probe.Status);
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task A_server_that_never_ends_its_greeting_ends_by_a_limit()
    {
        await using var peer = new TcpPeer(async s =>
        {
            while (true)
            {
                await s.SendAsync("220-and another thing\r\n");
            }
        });
        Assert.Equal(SmtpStatus.Malformed, (await ProbeAsync(peer)).Status);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        var prober = Prober(TcpPeer.ClosedPort(), Loopback.Ample);
        var session = await prober.ProbeAsync(Host, IPAddress.Loopback, TestContext.Current.CancellationToken);
        Assert.Equal((SmtpStatus.Unreachable, false), (session.Probe.Status, session.Connected));
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception()
    {
        await using var peer = new TcpPeer(s => s.StallAsync());
        using var cancelled = new CancellationTokenSource(Loopback.Brief);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Prober(peer.Port, Loopback.Ample).ProbeAsync(Host, IPAddress.Loopback, cancelled.Token));
    }

    private static TcpPeer Server(Func<PeerStream, Task> afterStartTls) => new(async s =>
    {
        await ToStartTlsAsync(s, []);
        await afterStartTls(s);
        await s.LineAsync();
        await s.SendAsync("221 bye\r\n");
    });

    internal static async Task ToStartTlsAsync(PeerStream stream, List<string> heard)
    {
        await stream.SendAsync("220-mx\r\n220 ready\r\n");
        heard.Add(await stream.LineAsync());
        await stream.SendAsync("250-mx\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n");
        heard.Add(await stream.LineAsync());
        await stream.SendAsync("220 go ahead\r\n");
    }

    private static async Task SayAsync(PeerStream stream, string[] says)
    {
        for (var i = 0; i < says.Length; i++)
        {
            await stream.SendAsync(says[i]);
            if (i < says.Length - 1)
            {
                await stream.LineAsync();
            }
        }
    }

    private static MxProber Prober(int port, TimeSpan deadline)
    {
        var options = Loopback.Options with { SmtpPort = port, SmtpDeadline = deadline };
        return new MxProber(options, new TlsClient(new CertificateJudge(options, TimeProvider.System)));
    }

    private static async Task<SmtpProbe> ProbeAsync(TcpPeer peer, TimeSpan? deadline = null)
    {
        var session = await Prober(peer.Port, deadline ?? Loopback.Ample).ProbeAsync(Host, IPAddress.Loopback, TestContext.Current.CancellationToken);
        Assert.True(session.Connected);
        return session.Probe;
    }
}
