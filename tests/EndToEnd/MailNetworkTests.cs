using System.Net;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>The mail network itself: what the tests of the product stand on has to be true first.</summary>
[Collection(MailNetworkCollection.Name)]
public sealed class MailNetworkTests(MailNetworkCollection.Fixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stripped_STARTTLS_delivers_in_clear_under_testing_and_defers_under_enforce()
    {
        var network = fixture.Network;
        var mx = await network.AddMxAsync(
            new MxOptions("mx1.strip.test", network.Ca.Issue("mx1.strip.test"), ["strip.test"]), Cancellation);
        await using var origin = new MailPolicyOrigin(network.HostAddress) { Body = Policy("testing", "mx1.strip.test") };
        await AddDomainAsync(network, "strip.test", origin, mx);

        await using (var attack = await network.Attacker.StripStartTlsAsync(mx, Cancellation))
        {
            var underTesting = await network.Sender.SendAsync("a@sender.test", "b@strip.test", Cancellation);
            var delivered = Assert.IsType<SendOutcome.Delivered>(await network.Sender.OutcomeAsync(underTesting, Deadlines.Work, Cancellation));
            Assert.Null(delivered.Tls);
            Assert.False((await mx.ReceivedAsync(underTesting, Deadlines.Work, Cancellation))!.OverTls);
            Assert.Equal(1, attack.Connections);
            // Everybody else reaches the real server.
            Assert.Contains("Verify return code: 0 (ok)", await TlsOfAsync(network, mx), StringComparison.Ordinal);
            Assert.Equal(1, attack.Connections);

            origin.Body = Policy("enforce", "mx1.strip.test");
            await SetIdAsync(network, "strip.test", "2");
            await network.Sender.ForgetAsync(Cancellation);
            var underEnforce = await network.Sender.SendAsync("a@sender.test", "b@strip.test", Cancellation);
            var deferred = Assert.IsType<SendOutcome.Deferred>(await network.Sender.OutcomeAsync(underEnforce, Deadlines.Work, Cancellation));
            Assert.Contains("TLS is required, but was not offered", deferred.Reason, StringComparison.Ordinal);
            Assert.True(attack.Connections >= 2);
            Assert.False(await mx.WasDeliveredAsync(underEnforce, TimeSpan.Zero, Cancellation));
        }

        var afterwards = await network.Sender.SendAsync("a@sender.test", "b@strip.test", Cancellation);
        var secure = Assert.IsType<SendOutcome.Delivered>(await network.Sender.OutcomeAsync(afterwards, Deadlines.Work, Cancellation));
        Assert.Equal("Verified", secure.Tls);
        Assert.True((await mx.ReceivedAsync(afterwards, Deadlines.Work, Cancellation))!.OverTls);
        await network.Sender.DropQueueAsync(Cancellation);
    }

    [Fact]
    public async Task An_enforced_policy_defers_mail_to_an_MX_whose_certificate_has_the_wrong_name()
    {
        var network = fixture.Network;
        var mx = await network.AddMxAsync(
            new MxOptions("mx1.wrongname.test", network.Ca.Issue("other.wrongname.test"), ["wrongname.test"]), Cancellation);
        await using var origin = new MailPolicyOrigin(network.HostAddress) { Body = Policy("enforce", "mx1.wrongname.test") };
        await AddDomainAsync(network, "wrongname.test", origin, mx);

        var view = await network.Sender.QueryPolicyAsync("wrongname.test", Cancellation);
        Assert.Equal(("VALID", "1", "enforce", 86400), (view.Result, view.Id, view.Mode, view.MaxAge));
        Assert.Equal(["mx1.wrongname.test"], view.Mx);

        var messageId = await network.Sender.SendAsync("a@sender.test", "b@wrongname.test", Cancellation);
        var deferred = Assert.IsType<SendOutcome.Deferred>(await network.Sender.OutcomeAsync(messageId, Deadlines.Work, Cancellation));
        Assert.Contains("certificate", deferred.Reason, StringComparison.Ordinal);

        await mx.ReplaceCertificateAsync(network.Ca.Issue("mx1.wrongname.test"), Cancellation);
        await network.Sender.FlushQueueAsync(Cancellation);
        Assert.True((await mx.ReceivedAsync(messageId, Deadlines.Work, Cancellation))!.OverTls);
    }

    [Fact]
    public async Task The_sender_refuses_a_policy_host_with_an_untrusted_certificate_and_knows_none_where_there_is_none()
    {
        var network = fixture.Network;
        await using var origin = new MailPolicyOrigin(network.HostAddress) { Body = Policy("enforce", "mx1.untrusted.test") };
        await AddDomainAsync(network, "untrusted.test", origin, mx: null, network.UntrustedCa);

        Assert.Equal("FETCH_ERROR", (await network.Sender.QueryPolicyAsync("untrusted.test", Cancellation)).Result);
        Assert.Equal("NONE", (await network.Sender.QueryPolicyAsync("nowhere.test", Cancellation)).Result);
    }

    [Theory]
    [InlineData("hmac-sha256")]
    [InlineData("hmac-sha512")]
    public async Task An_update_with_a_known_key_reaches_the_secondary_and_the_resolver(string algorithm)
    {
        var dns = fixture.Network.Dns;
        var zone = $"{algorithm}.test";
        await dns.AddZoneAsync(zone, [new ZoneRecord("@", "MX", "10 mx1.mx.test.")], Cancellation);
        var key = algorithm == "hmac-sha256" ? dns.Sha256Key : dns.Sha512Key;

        var result = await dns.UpdateAsync(zone, [$"add x.{zone}. 1 TXT \"one\""], key, Cancellation);

        Assert.True(result.Succeeded, result.Error);
        foreach (var server in (IPAddress[])[dns.PrimaryAddress, dns.SecondaryAddress, dns.ResolverAddress])
            await EventuallyAsync(async () => (await dns.QueryAsync(server, $"x.{zone}", "TXT", Cancellation)).Data is ["\"one\""]);
        Assert.True((await dns.QueryAsync(dns.SecondaryAddress, zone, "MX", Cancellation)).IsAuthoritative);
        var update = Assert.Single(await dns.UpdatesAsync(Cancellation), update => update.Text.Contains($"'x.{zone}'", StringComparison.Ordinal));
        Assert.Equal((zone, key.Name, $"adding an RR at 'x.{zone}' TXT \"one\""), (update.Zone, update.Key, update.Text));
        Assert.InRange(update.At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task An_update_with_a_wrong_key_is_refused_and_logged()
    {
        var dns = fixture.Network.Dns;
        await dns.AddZoneAsync("refused.test", [], Cancellation);

        var wrongSecret = await dns.UpdateAsync(
            "refused.test", ["add x.refused.test. 1 TXT \"one\""], TsigKey.Create(dns.Sha256Key.Name, "hmac-sha256"), Cancellation);
        var unknownKey = await dns.UpdateAsync(
            "refused.test", ["add x.refused.test. 1 TXT \"one\""], TsigKey.Create("stranger", "hmac-sha256"), Cancellation);

        Assert.Contains("BADSIG", wrongSecret.Error, StringComparison.Ordinal);
        Assert.Contains("BADKEY", unknownKey.Error, StringComparison.Ordinal);
        Assert.Equal("NXDOMAIN", (await dns.QueryAsync(dns.PrimaryAddress, "x.refused.test", "TXT", Cancellation)).Status);
        var refusals = await dns.UpdatesAsync(Cancellation);
        Assert.Contains(refusals, static update => update.Text.Contains("BADSIG", StringComparison.Ordinal));
        Assert.Contains(refusals, static update => update.Text.Contains("BADKEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_primary_is_down_the_secondary_answers_and_afterwards_updates_go_on()
    {
        var dns = fixture.Network.Dns;
        await dns.AddZoneAsync("outage.test", [new ZoneRecord("x", "TXT", "\"before\"")], Cancellation);
        var before = await dns.UpdateAsync("outage.test", ["add y.outage.test. 1 TXT \"kept\""], null, Cancellation);
        Assert.True(before.Succeeded, before.Error);

        await dns.StopPrimaryAsync();
        try
        {
            Assert.Equal("TIMEOUT", (await dns.QueryAsync(dns.PrimaryAddress, "x.outage.test", "TXT", Cancellation)).Status);
            Assert.Equal(["\"before\""], (await dns.QueryAsync(dns.SecondaryAddress, "x.outage.test", "TXT", Cancellation)).Data);
            await EventuallyAsync(async () =>
                (await dns.QueryAsync(dns.ResolverAddress, "x.outage.test", "TXT", Cancellation)).Data is ["\"before\""]);
        }
        finally
        {
            await dns.StartPrimaryAsync(Cancellation);
        }

        Assert.Equal(["\"kept\""], (await dns.QueryAsync(dns.PrimaryAddress, "y.outage.test", "TXT", Cancellation)).Data);
        var after = await dns.UpdateAsync("outage.test", ["add z.outage.test. 1 TXT \"after\""], null, Cancellation);
        Assert.True(after.Succeeded, after.Error);
        await EventuallyAsync(async () => (await dns.QueryAsync(dns.SecondaryAddress, "z.outage.test", "TXT", Cancellation)).Data is ["\"after\""]);
    }

    [Fact]
    public async Task A_replaced_certificate_is_what_the_next_connection_to_the_MX_sees()
    {
        var network = fixture.Network;
        var mx = await network.AddMxAsync(
            new MxOptions("replaced.mx.test", network.Ca.Issue("replaced.mx.test"), []), Cancellation);
        Assert.Equal([$"{mx.Address}"], (await network.Dns.QueryAsync(network.Dns.PrimaryAddress, "replaced.mx.test", "A", Cancellation)).Data);
        Assert.Contains("Verify return code: 0 (ok)", await TlsOfAsync(network, mx), StringComparison.Ordinal);

        await mx.ReplaceCertificateAsync(network.Ca.Issue(["replaced.mx.test"], DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(-1)), Cancellation);
        Assert.Contains("certificate has expired", await TlsOfAsync(network, mx), StringComparison.Ordinal);

        await mx.ReplaceCertificateAsync(network.Ca.Issue("elsewhere.mx.test"), Cancellation);
        Assert.Contains("hostname mismatch", await TlsOfAsync(network, mx), StringComparison.OrdinalIgnoreCase);

        await mx.ReplaceCertificateAsync(network.UntrustedCa.Issue("replaced.mx.test"), Cancellation);
        Assert.DoesNotContain("Verify return code: 0 (ok)", await TlsOfAsync(network, mx), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_a_site_gets_404_and_a_site_without_upstreams_503()
    {
        var network = fixture.Network;
        var certificate = network.Ca.Issue("empty.web.test");
        await network.Web.SetSitesAsync(
            [new IngressSite("empty.web.test", certificate.CertificatePem, certificate.KeyPem, [])], Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(network, "empty.web.test"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(network, "unknown.web.test"));
        var logged = Assert.Single(await network.Web.RequestsAsync(Cancellation), static request => request.Host == "empty.web.test");
        Assert.Equal((503, "-", "GET / HTTP/1.1"), (logged.Status, logged.UpstreamStatus, logged.Request));
        Assert.InRange(logged.At, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);

        await Assert.ThrowsAsync<ChildProcessException>(() =>
            network.Web.SetSitesAsync([new IngressSite("bad.web.test", "not a certificate", certificate.KeyPem, [])], Cancellation));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(network, "empty.web.test"));
    }

    private static string Policy(string mode, string mx) => $"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n";

    private static async Task AddDomainAsync(
        MailNetwork network, string domain, MailPolicyOrigin origin, MxServer? mx, LocalCa? ca = null)
    {
        List<ZoneRecord> records =
        [
            new("mta-sts", "A", $"{network.Web.EndPoint.Address}"),
            new("_mta-sts", "TXT", "\"v=STSv1; id=1;\""),
        ];
        if (mx is not null)
        {
            records.Add(new ZoneRecord("@", "MX", $"10 {mx.HostName}."));
            records.Add(new ZoneRecord($"{mx.HostName}.", "A", $"{mx.Address}"));
        }

        await network.Dns.AddZoneAsync(domain, records, Cancellation);
        var certificate = (ca ?? network.Ca).Issue($"mta-sts.{domain}");
        await network.Web.SetSitesAsync(
            [new IngressSite($"mta-sts.{domain}", certificate.CertificatePem, certificate.KeyPem, [origin.Address])], Cancellation);
    }

    private static async Task SetIdAsync(MailNetwork network, string domain, string id)
    {
        var name = $"_mta-sts.{domain}";
        var update = await network.Dns.UpdateAsync(
            domain, [$"del {name}. TXT", $"add {name}. 1 TXT \"v=STSv1; id={id};\""], key: null, Cancellation);
        Assert.True(update.Succeeded, update.Error);
        await EventuallyAsync(async () =>
            (await network.Dns.QueryAsync(network.Dns.ResolverAddress, name, "TXT", Cancellation)).Data is [var data] &&
            data.Contains($"id={id};", StringComparison.Ordinal));
    }

    private static async Task<string> TlsOfAsync(MailNetwork network, MxServer mx)
    {
        var result = await Command.RunAsync(
            "openssl",
            [
                "s_client", "-starttls", "smtp", "-connect", $"{mx.Address}:25", "-servername", mx.HostName,
                "-verify_hostname", mx.HostName, "-CAfile", network.Ca.RootPath, "-no-CApath", "-no-CAstore",
            ],
            input: "QUIT\r\n", cancellationToken: Cancellation);
        return result.Output + result.Error;
    }

    private static async Task<HttpStatusCode> StatusAsync(MailNetwork network, string host)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        handler.ConnectCallback = async (_, token) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(network.Web.EndPoint, token);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(new Uri($"https://{host}/"), Cancellation);
        return response.StatusCode;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Deadlines.Work);
        while (!await holds()) await Task.Delay(50, deadline.Token);
    }
}
