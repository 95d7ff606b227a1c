using System.Text.Json;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Cloudflare;
using MtaSts.TestBed.Cloudflare;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What the conformance suite cannot know of: Cloudflare's answers, its proxy, its zones, and what is sent to it.</summary>
public sealed class CloudflareProviderTests : IAsyncLifetime
{
    private const string Name = "_mta-sts.example.test";
    private const string Host = "mta-sts.example.test";
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private CloudflareBed _bed = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bed = await CloudflareBed.StartAsync();
        _bed.Server.AddZone("example.test");
    }

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task A_read_that_fails_at_the_server_is_asked_again()
    {
        _bed.Server.Fail(CloudflareFault.Error500, times: 2);
        Settled(await PublishAsync(_bed.Make()));
    }

    [Theory]
    [InlineData(CloudflareFault.Error500, 3, "500")]
    [InlineData(CloudflareFault.Cut, 3, "cannot be asked")]
    [InlineData(CloudflareFault.CutInAnswer, 3, "list of zones")]
    [InlineData(CloudflareFault.Hang, 1, "does not answer within 5 seconds")]
    public async Task A_server_that_fails_is_unavailable_for_now(CloudflareFault kind, int attempts, string words)
    {
        _bed.Server.Fail(kind, times: 1000);
        var fault = Failed(await PublishAsync(_bed.Make()));
        Assert.Equal((Reason.ProviderUnavailable, true), (fault.Reason, fault.Transient));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, _bed.Server.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_token()
    {
        _bed.Server.Fail(CloudflareFault.Redirect);
        var fault = Failed(await PublishAsync(_bed.Make()));
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("302", fault.Message, StringComparison.Ordinal);
        Assert.Single(_bed.Server.Requests);
    }

    [Theory]
    [InlineData(CloudflareFault.CutAfterApplying)]
    [InlineData(CloudflareFault.Error502AfterApplying)]
    [InlineData(CloudflareFault.CutInAnswer)]
    public async Task A_batch_whose_answer_is_lost_is_looked_at_and_not_sent_again(CloudflareFault kind)
    {
        _bed.Server.Fail(kind, method: "POST");
        Settled(await PublishAsync(_bed.Make()));
        Assert.Single(Batches);
        Assert.Single(_bed.Server.Look(Name));
    }

    [Theory]
    [InlineData(CloudflareFault.Cut)]
    [InlineData(CloudflareFault.Error500)]
    public async Task A_batch_that_did_not_happen_is_said_to_have_failed_and_is_not_sent_again(CloudflareFault kind)
    {
        _bed.Server.Fail(kind, method: "POST");
        Assert.Equal(Reason.ProviderUnavailable, Failed(await PublishAsync(_bed.Make())).Reason);
        Assert.Single(Batches);
        Assert.Empty(_bed.Server.Look(Name));
    }

    [Fact]
    public async Task Whom_the_server_asks_to_wait_waits_and_so_does_every_adapter_of_the_token()
    {
        var accounts = _bed.NewAccounts();
        _bed.Server.Fail(CloudflareFault.TooManyRequests);
        var fault = Failed(await PublishAsync(accounts.Open(_bed.Options())));
        Assert.Equal((Reason.ProviderRateLimited, true, TimeSpan.FromSeconds(120)), (fault.Reason, fault.Transient, fault.RetryAfter));

        var other = Failed(await PublishAsync(accounts.Open(_bed.Options())));
        Assert.Equal(Reason.ProviderRateLimited, other.Reason);
        Assert.InRange(other.RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.Single(_bed.Server.Requests);

        // Another token has a limit of its own.
        _bed.Server.AddToken(new CloudflareTokenRights("another-token-0123456789"));
        Settled(await PublishAsync(accounts.Open(_bed.Options("another-token-0123456789"))));
    }

    [Fact]
    public async Task Who_is_nearly_out_of_requests_stops_before_the_server_shuts_everybody_out()
    {
        await using var bed = await CloudflareBed.StartAsync(requestsMax: 20);
        bed.Server.AddZone("example.test");
        var accounts = bed.NewAccounts();
        for (var i = 0; i < 20; i++)
            await accounts.Open(bed.Options()).ReadAsync(new DnsZone("example.test"), [new RecordKey(Name, RecordType.Txt)], Token);
        Assert.Equal((11, 0), (bed.Server.Count(CloudflareBed.Token).Total, bed.Server.Count(CloudflareBed.Token).Refused));
    }

    [Fact]
    public async Task A_zone_that_the_token_does_not_see_is_named()
    {
        _bed.Server.AddToken(new CloudflareTokenRights("elsewhere-0123456789", ["other.test"]));
        foreach (var zones in new string[][] { [], ["example.test"] })
        {
            var fault = Failed(await PublishAsync(_bed.Make("elsewhere-0123456789", zones: zones)));
            Assert.Equal((Reason.ZoneNotFound, false), (fault.Reason, fault.Transient));
            Assert.Contains("example.test", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_for_one_zone_is_enough()
    {
        _bed.Server.AddZone("other.test");
        _bed.Server.AddToken(new CloudflareTokenRights("one-zone-0123456789", ["example.test"]));
        Settled(await PublishAsync(_bed.Make("one-zone-0123456789")));
        Settled(await PublishAsync(_bed.Make("one-zone-0123456789", zones: "example.test"), "v=STSv1; id=2;"));
    }

    [Fact]
    public async Task The_active_one_of_two_zones_is_meant_and_two_active_ones_are_refused()
    {
        var twin = _bed.Server.AddZone("example.test", "moved");
        Settled(await PublishAsync(_bed.Make()));
        Assert.NotEqual(twin.Id, Assert.Single(_bed.Server.Look(Name)).ZoneId);

        _bed.Server.AddZone("example.test");
        Assert.Equal(Reason.ProviderRefused, Failed(await PublishAsync(_bed.Make())).Reason);
    }

    [Fact]
    public async Task Zones_are_asked_for_once_by_many_and_page_by_page()
    {
        for (var i = 0; i < 120; i++)
            _bed.Server.AddZone($"z{i:D3}.test");
        var accounts = _bed.NewAccounts();
        var found = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => accounts.Open(_bed.Options()).FindZoneAsync($"_mta-sts.z{i:D3}.test", Token)));
        Assert.All(found, f => Assert.IsType<ZoneAnswer.Found>(f));
        Assert.Equal(3, _bed.Server.Requests.Count);
    }

    [Fact]
    public async Task An_account_with_very_many_zones_is_asked_by_name()
    {
        for (var i = 0; i < 2001; i++)
            _bed.Server.AddZone($"z{i:D4}.test");
        var accounts = _bed.NewAccounts();
        for (var i = 0; i < 2; i++)
            Assert.Equal("z1999.test", Assert.IsType<ZoneAnswer.Found>(await accounts.Open(_bed.Options()).FindZoneAsync("_mta-sts.z1999.test", Token)).Zone.Name);
        Assert.IsType<ZoneAnswer.Failed>(await accounts.Open(_bed.Options()).FindZoneAsync("_mta-sts.elsewhere.invalid", Token));
        Assert.Equal(1 + 2 + 3, _bed.Server.Requests.Count);
    }

    [Fact]
    public async Task A_domain_with_very_many_records_is_read_name_by_name()
    {
        for (var i = 0; i < 150; i++)
            _bed.Server.Seed($"h{i}.example.test", "A", "192.0.2.7");
        var accounts = _bed.NewAccounts();
        OwnedRecord[] records = [Sts("v=STSv1; id=1;"), Address("192.0.2.1")];
        Settled(await PublishAsync(accounts.Open(_bed.Options()), records));
        var before = _bed.Server.Requests.Count;
        Assert.All((await PublishAsync(accounts.Open(_bed.Options()), records)).Outcomes.Values, o => Assert.IsType<PublishOutcome.InPlace>(o));
        Assert.Equal(2, _bed.Server.Requests.Count - before);
    }

    [Fact]
    public async Task A_new_value_takes_the_place_of_the_old_one_and_a_sibling_keeps_its_identity()
    {
        var sibling = _bed.Server.Seed(Name, "TXT", "typed without quotes", 300);
        Settled(await PublishAsync(_bed.Make()));
        var before = Ours();
        Settled(await PublishAsync(_bed.Make(), "v=STSv1; id=2;"));
        Assert.Equal(before.Id, Ours().Id);
        Assert.Equal(("\"v=STSv1; id=2;\"", false, "Managed by the MTA-STS operator"), (Ours().Content, Ours().Proxied, Ours().Comment));
        Assert.Equal(sibling, _bed.Server.Look(Name).Single(r => r.Id == sibling.Id));

        CloudflareRecord Ours() => _bed.Server.Look(Name).Single(r => r.Id != sibling.Id);
    }

    [Fact]
    public async Task A_record_that_goes_between_the_last_look_and_the_batch_is_a_conflict()
    {
        Settled(await PublishAsync(_bed.Make()));
        var provider = _bed.Make();
        var zone = new DnsZone("example.test");
        var set = RecordSet.Of(Name, RecordType.Txt, 300, "v=STSv1; id=1;");
        var change = new RecordChange(set.Key, 300, set.Values, set.Values, RecordSet.Of(Name, RecordType.Txt, 300, "v=STSv1; id=2;").Values);
        _bed.Server.BeforeNext("POST", () => _bed.Server.Remove(Name, "TXT"));
        var failed = Assert.IsType<ApplyAnswer.Failed>(await provider.ApplyAsync(zone, new RecordBatch(Name, [change]), Token));
        Assert.Equal((Reason.ProviderConflict, true), (failed.Fault.Reason, failed.Fault.Transient));
        Assert.Contains("81044", failed.Fault.Message, StringComparison.Ordinal);
        Assert.Empty(_bed.Server.Look(Name));
    }

    [Fact]
    public async Task A_record_of_ours_that_somebody_proxied_is_refused_with_what_to_do_and_taken_away_all_the_same()
    {
        _bed.Server.AddZone("d.test");
        var record = new OwnedRecord(RecordSet.Of("mta-sts.d.test", RecordType.A, 300, "192.0.2.1"), RecordScope.WholeSet);
        Settled(await PublishAsync(_bed.Make(), record));
        _bed.Server.Remove("mta-sts.d.test", "A");
        _bed.Server.Seed("mta-sts.d.test", "A", "192.0.2.1", proxied: true);

        var fault = Failed(await PublishAsync(_bed.Make(), record));
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("DNS only", fault.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(_bed.Server.Look("mta-sts.d.test")).Proxied);

        Settled(await PublishAsync(_bed.Make(), record.Removed()));
        Assert.Empty(_bed.Server.Look("mta-sts.d.test"));
    }

    [Theory]
    [InlineData(RecordType.A, "192.0.2.9")]
    [InlineData(RecordType.Cname, "gateway.example.net")]
    public async Task A_foreign_proxied_record_is_not_taken_over(RecordType type, string value)
    {
        _bed.Server.Seed(Host, "A", "192.0.2.1", proxied: true);
        var record = new OwnedRecord(RecordSet.Of(Host, type, 300, value), RecordScope.WholeSet);
        var report = await new RecordPublisher(NullLogger<RecordPublisher>.Instance).PublishAsync(_bed.Make(), [record], Us, Adoption.Adopt, Token);
        Assert.Contains("proxied", Failed(report).Message, StringComparison.Ordinal);
        Assert.Equal("192.0.2.1", Assert.Single(_bed.Server.Look(Host)).Content);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(59)]
    [InlineData(86401)]
    public async Task A_ttl_that_cloudflare_does_not_take_is_explained(long ttl)
    {
        var record = Sts("v=STSv1; id=1;");
        var fault = Failed(await PublishAsync(_bed.Make(), record with { Desired = record.Desired with { TtlSeconds = ttl } }));
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("60 to 86400", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_automatic_ttl_is_written_and_read_as_1()
    {
        var record = Sts("v=STSv1; id=1;");
        record = record with { Desired = record.Desired with { TtlSeconds = 1 } };
        Settled(await PublishAsync(_bed.Make(), record));
        Assert.Equal(1, Assert.Single(_bed.Server.Look(Name)).Ttl);
        Assert.IsType<PublishOutcome.InPlace>(Assert.Single((await PublishAsync(_bed.Make(), record)).Outcomes).Value);
    }

    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:a@b.example\",\"type\":\"A\",\"content\":\"192.0.2.1")]
    [InlineData("v=TLSRPTv1; \"}],\"deletes\":[{\"id\":\"x\"}],\"posts\":[{")]
    [InlineData("v=TLSRPTv1; \\\" \"second string\" \\034")]
    [InlineData("v=TLSRPTv1; line\r\nbreak\ttab \u0001 \u007f end")]
    [InlineData("v=TLSRPTv1; </script><!-- & ' + `$(id)` %0d%0a {{x}}")]
    public async Task Nothing_in_a_value_leaves_its_string(string value)
    {
        var record = new OwnedRecord(RecordSet.Of("_smtp._tls.example.test", RecordType.Txt, 300, value), RecordScope.TlsRptTxt);
        Settled(await PublishAsync(_bed.Make(), record));
        var written = Assert.Single(_bed.Server.Look("_smtp._tls.example.test"));
        Assert.True(TxtContent.TryParse(written.Content, out var bytes));
        Assert.Equal(value, System.Text.Encoding.Latin1.GetString(bytes));
        Assert.Equal(["_mtasts-owner._smtp._tls.example.test", "_smtp._tls.example.test"], _bed.Server.AllNames());
        Assert.IsType<PublishOutcome.InPlace>(Assert.Single((await PublishAsync(_bed.Make(), record)).Outcomes).Value);
    }

    [Theory]
    [InlineData("_mta-sts.example.test&name=x")]
    [InlineData("_mta-sts.example.test/../../other")]
    [InlineData("a\"b.example.test")]
    [InlineData("a b.example.test")]
    [InlineData("a\\.b.example.test")]
    [InlineData("a?b.example.test")]
    [InlineData("a%2fb.example.test")]
    [InlineData("a\r\nb.example.test")]
    [InlineData("bücher.example.test")]
    [InlineData("A.example.test")]
    [InlineData("example.test.")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_name_that_is_more_than_a_name_reaches_no_request(string name)
    {
        var provider = _bed.Make();
        Assert.Equal(Reason.ZoneNotFound, Assert.IsType<ZoneAnswer.Failed>(await provider.FindZoneAsync(name, Token)).Fault.Reason);
        var zone = new DnsZone("example.test");
        var read = Assert.IsType<ReadAnswer.Failed>(await provider.ReadAsync(zone, [new RecordKey(name, RecordType.Txt)], Token));
        Assert.Equal(Reason.ProviderRefused, read.Fault.Reason);
        var set = RecordSet.Of(name, RecordType.Txt, 300, "x");
        var change = new RecordChange(set.Key, 300, set.Values.Clear(), set.Values.Clear(), set.Values);
        var applied = Assert.IsType<ApplyAnswer.Failed>(await provider.ApplyAsync(zone, new RecordBatch(name, [change]), Token));
        Assert.Equal(Reason.ProviderRefused, applied.Fault.Reason);
        Assert.IsType<ReadAnswer.Failed>(await provider.ReadAsync(new DnsZone(name), [new RecordKey("x.example.test", RecordType.Txt)], Token));
        Assert.Empty(_bed.Server.Requests);
    }

    [Theory]
    [InlineData(RecordType.A, "192.0.2.1\",\"proxied\":true,\"x\":\"")]
    [InlineData(RecordType.A, "2001:db8::1")]
    [InlineData(RecordType.Aaaa, "192.0.2.1")]
    [InlineData(RecordType.Cname, "a b.example")]
    [InlineData(RecordType.Cname, "")]
    [InlineData(RecordType.Cname, ".")]
    [InlineData(RecordType.Cname, "a\\.b.example")]
    public async Task A_value_that_is_none_of_its_type_is_not_sent(RecordType type, string value)
    {
        var fault = Failed(await PublishAsync(_bed.Make(), new OwnedRecord(RecordSet.Of(Host, type, 300, value), RecordScope.WholeSet)));
        Assert.Equal(Reason.ProviderRefused, fault.Reason);
        Assert.Empty(Batches);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("token\r\nX-Evil: 1")]
    [InlineData("Bearer token")]
    [InlineData("tok\"en")]
    [InlineData("tökens")]
    [InlineData("tok,en")]
    public void A_token_that_could_leave_its_header_is_none(string text)
    {
        Assert.False(CloudflareToken.TryCreate(text, out _, out var problem));
        Assert.StartsWith("the API token", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("Evil", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_never_shown_even_if_the_server_echoes_it()
    {
        Assert.True(CloudflareToken.TryCreate(" secret-secret\n", out var token, out _));
        var options = new CloudflareOptions { Token = token };
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(token), StringComparison.Ordinal);
        var fault = CloudflareFaults.Of(
            options, "the list of zones", System.Net.HttpStatusCode.Forbidden, [new ApiError(9109, "not a token: secret-secret\r\nlog line")], null);
        Assert.DoesNotContain("secret-secret", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);

        var refused = Failed(await PublishAsync(_bed.Make("wrong-token-0123456789")));
        Assert.Equal((Reason.ProviderCredentialsRefused, false), (refused.Reason, refused.Transient));
        Assert.Contains("9109", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://api.example.com/client/v4/")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("https://user@api.example.com/")]
    [InlineData("https://api.example.com/?q=1")]
    [InlineData("/client/v4/")]
    public void An_address_that_would_give_the_token_away_is_no_setting(string address)
    {
        Assert.True(CloudflareToken.TryCreate("token", out var token, out _));
        Assert.Throws<ArgumentException>(() => new CloudflareOptions { Token = token, BaseAddress = new Uri(address, UriKind.RelativeOrAbsolute) });
    }

    [Theory]
    [InlineData(6003, 400, Reason.ProviderCredentialsRefused)]
    [InlineData(10000, 403, Reason.ProviderCredentialsRefused)]
    [InlineData(10000, 400, Reason.ProviderCredentialsRefused)]
    [InlineData(9109, 403, Reason.ProviderCredentialsRefused)]
    [InlineData(0, 401, Reason.ProviderCredentialsRefused)]
    [InlineData(1, 429, Reason.ProviderRateLimited)]
    [InlineData(1, 503, Reason.ProviderUnavailable)]
    [InlineData(7003, 404, Reason.ZoneNotFound)]
    [InlineData(81058, 400, Reason.ProviderConflict)]
    [InlineData(81054, 400, Reason.ProviderConflict)]
    [InlineData(9005, 400, Reason.ProviderRefused)]
    [InlineData(81045, 400, Reason.ProviderRefused)]
    public void Each_code_has_its_reason_and_is_shown(int code, int status, Reason reason)
    {
        Assert.True(CloudflareToken.TryCreate("token", out var token, out _));
        var chained = new ApiError(1004, "DNS Validation Error", [new ApiError(code, "why")]);
        foreach (var error in new[] { new ApiError(code, "why"), chained })
        {
            var fault = CloudflareFaults.Of(new CloudflareOptions { Token = token }, "a zone", (System.Net.HttpStatusCode)status, [error], null);
            Assert.Equal(reason, fault.Reason);
            Assert.Equal(reason is Reason.ProviderRateLimited or Reason.ProviderUnavailable or Reason.ProviderConflict, fault.Transient);
            Assert.Contains($"{code} why", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("plain; with \\ and \" inside", "plain; with \\ and \" inside")]
    [InlineData("\"quoted\"", "quoted")]
    [InlineData("\"two \" \"strings\"", "two strings")]
    [InlineData("\"two\"\"strings\"", "twostrings")]
    [InlineData("\"a\\\"b\\\\c\\;d\\101\"", "a\"b\\c;de")]
    [InlineData("\"caf\\195\\169\"", "caf\u00c3\u00a9")]
    [InlineData("\"café\"", "caf\u00c3\u00a9")]
    [InlineData("café", "caf\u00c3\u00a9")]
    [InlineData("\"\"", "")]
    [InlineData("\"no end", "\"no end")]
    [InlineData("\"a\" b", "\"a\" b")]
    [InlineData("", "")]
    public void Content_is_read_with_or_without_quotes(string content, string value) =>
        Assert.Equal(value, RecordContent.Decode(RecordType.Txt, new DnsEntry("1", "n", "TXT", content)));

    private static OwnedRecord Sts(string value) => new(RecordSet.Of(Name, RecordType.Txt, 300, value), RecordScope.StsTxt);

    private static OwnedRecord Address(string value) => new(RecordSet.Of(Host, RecordType.A, 300, value), RecordScope.WholeSet);

    private static Task<PublishReport> PublishAsync(IDnsProvider provider, string value = "v=STSv1; id=1;") => PublishAsync(provider, Sts(value));

    private static Task<PublishReport> PublishAsync(IDnsProvider provider, params OwnedRecord[] records) =>
        new RecordPublisher(NullLogger<RecordPublisher>.Instance).PublishAsync(provider, records, Us, Adoption.Refuse, Token);

    private static void Settled(PublishReport report) =>
        Assert.True(report.AllSettled, string.Join('\n', report.Outcomes.Select(o => $"{o.Key}: {o.Value}")));

    private static ProviderFault Failed(PublishReport report) => Assert.IsType<PublishOutcome.Failed>(Assert.Single(report.Outcomes).Value).Fault;

    private IEnumerable<string> Batches => _bed.Server.Requests.Where(r => r.EndsWith("/batch", StringComparison.Ordinal));
}
