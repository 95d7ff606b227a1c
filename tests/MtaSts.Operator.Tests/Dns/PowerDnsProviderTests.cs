using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.PowerDns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What is special to PowerDNS, against a real server and against faults on the way to it.</summary>
public sealed class PowerDnsProviderTests : IClassFixture<PowerDnsTruth>, IDisposable
{
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private readonly PowerDnsTruth _pdns;
    private readonly HttpFaults _faults = new(ProviderHttp.NewHandler(Reach.Anywhere));
    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);

    public PowerDnsProviderTests(PowerDnsTruth pdns)
    {
        Assert.SkipWhen(PowerDnsServer.WhyNot is not null, PowerDnsServer.WhyNot ?? "");
        _pdns = pdns;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _faults.Dispose();

    [Fact]
    public async Task Disabled_records_and_comments_of_a_set_survive_create_and_remove()
    {
        const string name = "_mta-sts.disabled.example.test";
        var set = PowerDnsServer.Replace(name, "TXT", 77, ("\"kept\"", false), ("\"switched off\"", true));
        set["comments"] = new JsonArray(new JsonObject { ["content"] = "why", ["account"] = "ann" });
        await _pdns.Server.PatchAsync(_pdns.Zone, set);
        await PublishedAsync(Sts("disabled"));
        Assert.Equal(["77 \"kept\"", "77 \"v=STSv1; id=1;\""], await _pdns.LookAsync(name, "TXT"));
        await _publisher.RemoveAsync(_pdns.Provider, [Sts("disabled")], Us, Token);

        var after = await _pdns.Server.SetAsync(_pdns.Zone, name, "TXT");
        Assert.Equal(["\"kept\" False", "\"switched off\" True"], after!["records"]!.AsArray().Select(r => $"{r!["content"]} {r["disabled"]!.GetValue<bool>()}").Order());
        Assert.Equal("why", (string?)after["comments"]![0]!["content"]);
    }

    [Fact]
    public async Task A_set_of_which_only_disabled_records_are_left_keeps_them()
    {
        const string name = "_mta-sts.only.example.test";
        await _pdns.Server.PatchAsync(_pdns.Zone, PowerDnsServer.Replace(name, "TXT", 77, ("\"switched off\"", true)));
        await PublishedAsync(Sts("only"));
        await _publisher.RemoveAsync(_pdns.Provider, [Sts("only")], Us, Token);
        Assert.Empty(await _pdns.LookAsync(name, "TXT"));
        Assert.Equal("\"switched off\"", (string?)(await _pdns.Server.SetAsync(_pdns.Zone, name, "TXT"))!["records"]![0]!["content"]);
    }

    [Fact]
    public async Task The_very_record_that_we_want_is_enabled_where_it_was_disabled()
    {
        await _pdns.Server.PatchAsync(_pdns.Zone, PowerDnsServer.Replace("_mta-sts.same.example.test", "TXT", 77, ("\"v=STSv1; id=1;\"", true)));
        await PublishedAsync(Sts("same"));
        Assert.Equal(["300 \"v=STSv1; id=1;\""], await _pdns.LookAsync("_mta-sts.same.example.test", "TXT"));
    }

    [Fact]
    public async Task From_version_5_on_only_the_sets_of_the_batch_are_read_before_a_write()
    {
        _faults.OnCall = async (request, send, _) => request.RequestUri!.AbsolutePath.EndsWith("/servers/localhost", StringComparison.Ordinal)
            ? Answer(HttpStatusCode.OK, "{\"version\":\"5.0.1\"}")
            : await send();
        await PublishedAsync(Sts("five"), Faulty());
        Assert.DoesNotContain(_faults.Seen, c => c.StartsWith("GET", StringComparison.Ordinal) && c.EndsWith("/zones/example.test.", StringComparison.Ordinal));
        Assert.Contains(_faults.Seen, c => c.EndsWith("?rrset_name=_mta-sts.five.example.test.&include_disabled=true", StringComparison.Ordinal));

        _faults.Seen.Clear();
        _faults.OnCall = (_, send, _) => send();
        await PublishedAsync(Sts("four"), Faulty());
        Assert.Contains("GET /api/v1/servers/localhost/zones/example.test.", _faults.Seen);
    }

    [Theory]
    [InlineData("_mta-sts.x.copy.test", "as a copy")]
    [InlineData("_mta-sts.sub.example.test", "add that zone", "example.test")]
    [InlineData("_mta-sts.elsewhere.test", "in none of the zones", "example.test")]
    [InlineData("_mta-sts.elsewhere.test", "has no zone")]
    [InlineData("_mta-sts.elsewhere.test", "in none of the zones", "elsewhere.test")]
    [InlineData("a\\032b.elsewhere.test", "has no zone")]
    [InlineData("a..b", "not a DNS name")]
    public async Task A_zone_that_cannot_be_written_in_is_not_found(string name, string words, params string[] zones)
    {
        var fault = Assert.IsType<ZoneAnswer.Failed>(await _pdns.Make(zones: zones).FindZoneAsync(name, Token)).Fault;
        Assert.Equal((Reason.ZoneNotFound, false), (fault.Reason, fault.Transient));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_outside_of_the_provider_s_zones_are_not_asked_for()
    {
        await Faulty("example.test").FindZoneAsync("_mta-sts.elsewhere.test", Token);
        Assert.Empty(_faults.Seen);
    }

    [Fact]
    public async Task A_zone_that_has_gone_is_not_found()
    {
        var gone = new DnsZone("gone.test");
        var fault = Assert.IsType<ReadAnswer.Failed>(await _pdns.Provider.ReadAsync(gone, [new RecordKey("a.gone.test", RecordType.Txt)], Token)).Fault;
        Assert.Equal(Reason.ZoneNotFound, fault.Reason);
        _faults.OnCall = async (request, send, _) => request.RequestUri!.Query.Contains("rrset_name", StringComparison.Ordinal)
            ? Answer(HttpStatusCode.NotFound, "Not Found")
            : await send();
        Assert.Equal(Reason.ZoneNotFound, (await FaultOf(Faulty(), "gone")).Reason);
    }

    [Theory]
    [InlineData(401, Reason.ProviderCredentialsRefused, false, "api-key")]
    [InlineData(403, Reason.ProviderCredentialsRefused, false, "api-key")]
    [InlineData(404, Reason.ProviderRefused, false, "server id")]
    [InlineData(400, Reason.ProviderRefused, false, "words of the server")]
    [InlineData(429, Reason.ProviderRateLimited, true, "slow down")]
    [InlineData(500, Reason.ProviderUnavailable, true, "words of the server")]
    [InlineData(502, Reason.ProviderUnavailable, true, "502")]
    [InlineData(302, Reason.ProviderRefused, false, "redirect")]
    [InlineData(200, Reason.ProviderUnavailable, true, "something else than PowerDNS")]
    public async Task Each_code_has_a_reason(int code, Reason reason, bool transient, string words)
    {
        _faults.OnCall = (_, _, _) => Task.FromResult(Answer((HttpStatusCode)code, "{\"error\":\"words of the server\"}"));
        var fault = Assert.IsType<ZoneAnswer.Failed>(await Faulty().FindZoneAsync("_mta-sts.x.example.test", Token)).Fault;
        Assert.Equal((reason, transient), (fault.Reason, fault.Transient));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PowerDnsServer.Key, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_says_about_a_refused_change_is_told()
    {
        await _pdns.SeedAsync("mta-sts.caa.example.test 300 CAA 0 issue \"ca.example\"");
        OwnedRecord cname = new(RecordSet.Of("mta-sts.caa.example.test", RecordType.Cname, 300, "a.example"), RecordScope.WholeSet);
        var report = await _publisher.PublishAsync(_pdns.Provider, [cname], Us, Adoption.Refuse, Token);
        var fault = Assert.IsType<PublishOutcome.Failed>(Assert.Single(report.Outcomes).Value).Fault;
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("422", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Conflicts with pre-existing RRset", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_after_is_handed_on()
    {
        _faults.OnCall = (_, _, _) =>
        {
            var answer = Answer(HttpStatusCode.ServiceUnavailable, "");
            answer.Headers.Add("Retry-After", "17");
            return Task.FromResult(answer);
        };
        Assert.Equal(TimeSpan.FromSeconds(17), (await FaultOf(Faulty(), "retry")).RetryAfter);
    }

    [Fact]
    public async Task Another_server_id_is_told()
    {
        var fault = await FaultOf(_pdns.Make(serverId: "no/such?id"), "id");
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
    }

    [Fact]
    public async Task A_patch_whose_answer_is_lost_is_settled_by_a_look()
    {
        _faults.OnCall = async (request, send, _) =>
        {
            var answer = await send();
            return request.Method == HttpMethod.Patch ? throw new HttpRequestException(HttpRequestError.ResponseEnded) : answer;
        };
        await PublishedAsync(Sts("lost"), Faulty());
        Assert.Single(await _pdns.LookAsync("_mta-sts.lost.example.test", "TXT"));
    }

    [Fact]
    public async Task A_patch_that_is_lost_is_not_said_to_be_written()
    {
        _faults.OnCall = (request, send, _) => request.Method == HttpMethod.Patch ? throw new HttpRequestException(HttpRequestError.ResponseEnded) : send();
        Assert.Equal((Reason.ProviderUnavailable, true), Kind(await FaultOf(Faulty(), "never")));
        Assert.Empty(await _pdns.LookAsync("_mta-sts.never.example.test", "TXT"));
    }

    [Fact]
    public async Task A_server_that_hangs_ends_at_the_time_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var fault = await FaultOf(_pdns.Make(address: new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/"), seconds: 0.2), "silent");
        Assert.Equal((Reason.ProviderUnavailable, true), Kind(fault));
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_hangs_ends_at_the_time_limit()
    {
        _faults.OnCall = (_, _, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(new EndlessStream(TimeSpan.FromHours(1))) });
        Assert.Contains("0.2 s", (await FaultOf(Faulty(seconds: 0.2), "slow")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        var body = new EndlessStream(TimeSpan.Zero);
        _faults.OnCall = (_, _, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body) });
        var fault = await FaultOf(Faulty(), "endless");
        Assert.Equal((Reason.ProviderUnavailable, true), Kind(fault));
        Assert.Contains("1024 KiB", fault.Message, StringComparison.Ordinal);
        Assert.InRange(body.BytesRead, 1024 * 1024, 2 * 1024 * 1024);
    }

    [Fact]
    public async Task A_client_that_follows_redirects_is_found_out()
    {
        _faults.OnCall = async (request, send, _) =>
        {
            request.RequestUri = new Uri(_pdns.Server.Address, "api/v1/servers");
            return await send();
        };
        Assert.Equal(Reason.ProviderRefused, (await FaultOf(Faulty(), "followed")).Reason);
    }

    [Fact]
    public async Task The_handler_for_providers_follows_no_redirect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var calls = 0;
        var serving = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var peer = await listener.AcceptTcpClientAsync(Token);
                    calls++;
                    var stream = peer.GetStream();
                    _ = await stream.ReadAsync(new byte[4096], Token);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:{port}/steal\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), Token);
                }
            },
            Token);
        Assert.Equal(Reason.ProviderRefused, (await FaultOf(_pdns.Make(address: new Uri($"http://127.0.0.1:{port}/")), "away")).Reason);
        Assert.Equal(1, calls);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    [Theory]
    [InlineData("end\" \"v=STSv1; id=evil;")]
    [InlineData("end\\")]
    [InlineData("end\\\" \\034 x")]
    [InlineData("line\nmta-sts TXT \"x\"\r\n; comment \u0001 \u007f")]
    [InlineData("\",\"disabled\":true},{\"content\":\"\\\"x")]
    public async Task No_value_leaves_its_string(string tail)
    {
        var label = "inject-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tail)))[..10];
        var value = "v=TLSRPTv1; rua=mailto:a@example.com " + tail;
        OwnedRecord record = new(RecordSet.Of($"_smtp._tls.{label}.example.test", RecordType.Txt, 300, value), RecordScope.TlsRptTxt);
        await PublishedAsync(record);
        var read = Assert.IsType<ReadAnswer.Read>(await _pdns.Provider.ReadAsync(new DnsZone("example.test"), [record.Key], Token));
        Assert.Equal([value], read.Records[record.Key].Values);
        Assert.Single((await _pdns.Server.SetAsync(_pdns.Zone, record.Key.Name, "TXT"))!["records"]!.AsArray());
        Assert.Single(await _pdns.LookAsync(record.Key.Name, "TXT"));
    }

    [Theory]
    [InlineData("a.example\nmta-sts")]
    [InlineData("a b.example")]
    [InlineData("a..example")]
    [InlineData("bücher.example")]
    public async Task A_target_that_is_no_name_is_refused_before_it_is_sent(string target)
    {
        OwnedRecord record = new(RecordSet.Of("mta-sts.target.example.test", RecordType.Cname, 300, target), RecordScope.WholeSet);
        var report = await _publisher.PublishAsync(Faulty(), [record], Us, Adoption.Refuse, Token);
        Assert.Equal(Reason.ProviderRefused, Assert.IsType<PublishOutcome.Failed>(Assert.Single(report.Outcomes).Value).Fault.Reason);
        Assert.DoesNotContain(_faults.Seen, c => c.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://10.0.0.53:8081", "http://10.0.0.53:8081")]
    [InlineData("https://dns.example.net/pdns", "https://dns.example.net/pdns")]
    [InlineData("http://[2001:db8::1]:8081/", "http://[2001:db8::1]:8081")]
    public void An_address_is_shown_as_it_would_be_written(string text, string server)
    {
        Assert.True(ApiAddress.TryParse(text, out var address));
        Assert.True(PowerDnsKey.TryCreate("k\n", out var key, out _));
        Assert.Equal(server, new PowerDnsOptions { Address = address, Key = key, Zones = [], Timeout = TimeSpan.FromSeconds(1) }.Server);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.53:8081")]
    [InlineData("ftp://10.0.0.53")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:password@10.0.0.53")]
    [InlineData("http://10.0.0.53/?zone=x")]
    [InlineData("http://10.0.0.53/#x")]
    [InlineData("http:///api")]
    public void An_address_that_is_none_is_refused(string text) => Assert.False(ApiAddress.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hush\r\nX-Other: 1")]
    [InlineData("hüsh")]
    public void A_key_that_is_none_is_refused_and_not_shown(string text)
    {
        Assert.False(PowerDnsKey.TryCreate(text, out _, out var problem));
        Assert.DoesNotContain("hush", problem, StringComparison.Ordinal);
    }

    private static (Reason, bool) Kind(ProviderFault fault) => (fault.Reason, fault.Transient);

    private static HttpResponseMessage Answer(HttpStatusCode code, string body) => new(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static OwnedRecord Sts(string label) => new(RecordSet.Of($"_mta-sts.{label}.example.test", RecordType.Txt, 300, "v=STSv1; id=1;"), RecordScope.StsTxt);

    private PowerDnsProvider Faulty(params string[] zones) => _pdns.Make(handler: _faults, zones: zones);

    private PowerDnsProvider Faulty(double seconds) => _pdns.Make(handler: _faults, seconds: seconds);

    private async Task PublishedAsync(OwnedRecord record, IDnsProvider? provider = null)
    {
        var report = await _publisher.PublishAsync(provider ?? _pdns.Provider, [record], Us, Adoption.Refuse, Token);
        Assert.IsType<PublishOutcome.Written>(Assert.Single(report.Outcomes).Value);
    }

    private async Task<ProviderFault> FaultOf(IDnsProvider provider, string label)
    {
        var report = await _publisher.PublishAsync(provider, [Sts(label)], Us, Adoption.Refuse, Token);
        return Assert.IsType<PublishOutcome.Failed>(Assert.Single(report.Outcomes).Value).Fault;
    }
}
