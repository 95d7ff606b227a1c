using System.Text.Json;
using System.Text.Json.Nodes;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Webhook;
using MtaSts.TestBed.Webhook;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What is special to the webhook protocol: faults, half-done writes, shared reads, and the ways in which webhooks differ.</summary>
public sealed class WebhookProviderTests : IAsyncLifetime
{
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private readonly HttpClient _client = new(ProviderHttp.NewHandler(Reach.Anywhere));
    private readonly FakeTimeProvider _time = new();
    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);
    private WebhookServer _server = null!;
    private WebhookProvider _provider = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => StartAsync(new WebhookStyle());

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET /", WebhookFault.ServerError, Reason.ProviderUnavailable, true, "500: out of order")]
    [InlineData("GET /", WebhookFault.BadRequest, Reason.ProviderRefused, false, "400 and not with 200: not like this")]
    [InlineData("GET /", WebhookFault.Redirect, Reason.ProviderRefused, false, "redirect")]
    [InlineData("GET /", WebhookFault.WrongMediaType, Reason.ProviderRefused, false, "version=2")]
    [InlineData("GET /", WebhookFault.NotJson, Reason.ProviderRefused, false, "not understood")]
    [InlineData("GET /", WebhookFault.EndlessBody, Reason.ProviderUnavailable, true, "1024 KiB")]
    [InlineData("GET /records", WebhookFault.ServerError, Reason.ProviderUnavailable, true, "500")]
    [InlineData("GET /records", WebhookFault.BadRequest, Reason.ProviderRefused, false, "400")]
    [InlineData("GET /records", WebhookFault.WrongMediaType, Reason.ProviderRefused, false, "version=2")]
    [InlineData("GET /records", WebhookFault.NotJson, Reason.ProviderUnavailable, true, "no list of endpoints")]
    [InlineData("POST /adjustendpoints", WebhookFault.ServerError, Reason.ProviderUnavailable, true, "500")]
    [InlineData("POST /adjustendpoints", WebhookFault.WrongMediaType, Reason.ProviderRefused, false, "version=2")]
    [InlineData("POST /adjustendpoints", WebhookFault.Null, Reason.ProviderRefused, false, "something else")]
    [InlineData("POST /adjustendpoints", WebhookFault.OtherTargets, Reason.ProviderRefused, false, "something else")]
    [InlineData("POST /adjustendpoints", WebhookFault.EndlessBody, Reason.ProviderUnavailable, true, "1024 KiB")]
    [InlineData("POST /records", WebhookFault.ServerError, Reason.ProviderUnavailable, true, "500")]
    [InlineData("POST /records", WebhookFault.BadRequest, Reason.ProviderRefused, false, "400 and not with 204: not like this")]
    [InlineData("POST /records", WebhookFault.Forbidden, Reason.ProviderCredentialsRefused, false, "403")]
    [InlineData("POST /records", WebhookFault.TooManyRequests, Reason.ProviderRateLimited, true, "429")]
    [InlineData("POST /records", WebhookFault.Redirect, Reason.ProviderRefused, false, "redirect")]
    public async Task Each_fault_has_a_reason_and_nothing_is_written(string call, WebhookFault fault, Reason reason, bool transient, string words)
    {
        _server.OnCall = c => c == call ? fault : null;
        var told = await FaultOf(Sts("a"));
        Assert.Equal((reason, transient), (told.Reason, told.Transient));
        Assert.Contains(words, told.Message, StringComparison.Ordinal);
        Assert.Equal(fault == WebhookFault.TooManyRequests ? TimeSpan.FromSeconds(7) : null, told.RetryAfter);
        Assert.Equal(0, _server.Revision);

        _server.OnCall = _ => null;
        await PublishedAsync(Sts("a"));
    }

    [Fact]
    public async Task A_limit_on_requests_is_kept_and_whoever_comes_too_early_is_told_when_to_come_again()
    {
        var budget = new RequestBudget(RequestBudget.RequestsMin, _time);
        var answers = new List<ZoneAnswer>();
        for (var i = 0; i < 20; i++)
            answers.Add(await Make(_time, budget: budget).FindZoneAsync("_mta-sts.example.test", Token));

        Assert.Equal(15, answers.OfType<ZoneAnswer.Found>().Count());
        Assert.Equal(15, _server.Calls.Count);
        var fault = answers.OfType<ZoneAnswer.Failed>().First().Fault;
        Assert.Equal((Reason.ProviderRateLimited, true), (fault.Reason, fault.Transient));
        Assert.True(fault.IsTurn);

        _time.Advance(fault.RetryAfter!.Value);
        var provider = Make(_time, budget: budget);
        Assert.IsType<ZoneAnswer.Found>(await provider.FindZoneAsync("_mta-sts.example.test", Token));
        Assert.Equal(RequestBudget.RequestsMin, provider.Headroom!.RequestsMax);
    }

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET /records")]
    [InlineData("POST /adjustendpoints")]
    [InlineData("POST /records")]
    public async Task A_webhook_that_hangs_ends_at_the_time_limit(string call)
    {
        _server.OnCall = c => c == call ? WebhookFault.Hang : null;
        var told = await FaultOf(Sts("a"), Make(TimeProvider.System, seconds: 0.3));
        Assert.Equal((Reason.ProviderUnavailable, true), (told.Reason, told.Transient));
        Assert.Contains("0.3 s", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_list_may_be_null()
    {
        _server.OnCall = c => c == "GET /records" ? WebhookFault.Null : null;
        await PublishedAsync(Sts("a"));
    }

    [Theory]
    [InlineData(WebhookFault.DoneThenServerError)]
    [InlineData(WebhookFault.DoneWithOk)]
    public async Task A_write_that_was_done_and_answered_wrongly_is_settled_by_a_look(WebhookFault fault)
    {
        _server.OnCall = c => c == "POST /records" ? fault : null;
        await PublishedAsync(Sts("a"));
        Assert.Equal(["300 \"v=STSv1; id=1;\""], _server.Look("_mta-sts.a.example.test", "TXT"));
    }

    [Fact]
    public async Task A_write_that_was_half_done_is_told_and_the_next_plan_finishes_it()
    {
        await StartAsync(new WebhookStyle(OneTargetEach: true));
        await PublishedAsync(Host("192.0.2.1", "192.0.2.9"));
        _server.OnCall = c => c == "POST /records" ? WebhookFault.HalfDone : null;
        Assert.Equal(Reason.ProviderUnavailable, (await FaultOf(Host("192.0.2.2", "192.0.2.3", "192.0.2.4"))).Reason);
        Assert.Equal(["300 192.0.2.2", "300 192.0.2.3"], _server.Look("mta-sts.a.example.test", "A"));

        _server.OnCall = _ => null;
        await PublishedAsync(Host("192.0.2.2", "192.0.2.3", "192.0.2.4"));
        Assert.Equal(["300 192.0.2.2", "300 192.0.2.3", "300 192.0.2.4"], _server.Look("mta-sts.a.example.test", "A"));
    }

    [Fact]
    public async Task A_batch_that_was_cut_off_leaves_the_mark_and_not_a_record_without_one()
    {
        var writes = 0;
        _server.OnCall = c => c == "POST /records" && ++writes == 2 ? WebhookFault.ServerError : null;
        await FaultOf(Sts("a"));
        Assert.Single(_server.Look("_mtasts-owner._mta-sts.a.example.test", "TXT"));
        Assert.Empty(_server.Look("_mta-sts.a.example.test", "TXT"));
        await PublishedAsync(Sts("a"));
    }

    [Fact]
    public async Task Reads_of_all_domains_are_one_call_until_the_lifetime_ends_or_something_is_written()
    {
        for (var i = 0; i < 20; i++)
            await ReadAsync($"_mta-sts.d{i}.example.test");
        Assert.Equal(1, Count("GET /records"));
        _time.Advance(TimeSpan.FromSeconds(11));
        await ReadAsync("_mta-sts.a.example.test");
        Assert.Equal(2, Count("GET /records"));

        await PublishedAsync(Sts("a"));
        Assert.Equal(["v=STSv1; id=1;"], (await ReadAsync("_mta-sts.a.example.test")).Values);
    }

    [Fact]
    public async Task A_mark_that_changed_since_the_shared_read_is_not_overlooked()
    {
        await PublishedAsync(Sts("a"));
        await ReadAsync("_mta-sts.b.example.test"); // Everybody's read for the next seconds.
        var them = new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("them", "a/b")).ToString();
        _server.Remove("_mtasts-owner._mta-sts.a.example.test", "TXT");
        _server.Seed($"_mtasts-owner._mta-sts.a.example.test 300 TXT \"{them}\"");
        var changed = new OwnedRecord(RecordSet.Of("_mta-sts.a.example.test", RecordType.Txt, 300, "v=STSv1; id=2;"), RecordScope.StsTxt);
        Assert.IsType<PublishOutcome.Refused>(Only(await PublishAsync(changed)));
        Assert.Equal(["300 \"v=STSv1; id=1;\""], _server.Look("_mta-sts.a.example.test", "TXT"));
    }

    [Fact]
    public async Task Domains_that_are_published_at_once_share_their_reads()
    {
        const int domains = 40;
        using var open = new ManualResetEventSlim();
        var begun = 0;
        _server.Before = c =>
        {
            if (c == "GET /records" && Interlocked.Increment(ref begun) == 1)
                open.Wait(TimeSpan.FromSeconds(30));
        };
        var all = Enumerable.Range(0, domains).Select(i => PublishedAsync(Sts($"d{i}"))).ToArray();
        open.Set();
        await Task.WhenAll(all);
        Assert.All(Enumerable.Range(0, domains), i => Assert.Single(_server.Look($"_mta-sts.d{i}.example.test", "TXT")));
        Assert.InRange(Count("GET /records"), 1, domains);
        Assert.Equal(2 * domains, Count("POST /records"));
    }

    [Theory]
    [InlineData(true, 3600)]
    [InlineData(false, 0)]
    [InlineData(false, 3600)]
    public async Task A_ttl_that_is_raised_or_not_told_is_not_written_again_and_again(bool tells, long min)
    {
        await StartAsync(new WebhookStyle(TellsTtl: tells, TtlMin: min));
        await PublishedAsync(Sts("a"));
        var writes = Count("POST /records");
        Assert.IsType<PublishOutcome.InPlace>(Only(await PublishAsync(Sts("a"))));
        var other = Sts("a") with { Desired = Sts("a").Desired with { TtlSeconds = 60 } };
        await PublishedAsync(other);
        Assert.IsType<PublishOutcome.InPlace>(Only(await PublishAsync(other)));
        Assert.Equal(min > 0 && tells ? writes : writes + 1, Count("POST /records"));
    }

    [Theory]
    [InlineData("{}", new string[0], "a.example.test", null)]
    [InlineData("{}", new[] { "example.test" }, "a.example.test", "example.test")]
    [InlineData("{}", new[] { "example.test" }, "a.other.test", null)]
    [InlineData("""{"include":["test","sub.example.test"]}""", new string[0], "a.sub.example.test", "sub.example.test")]
    [InlineData("""{"include":["test","sub.example.test"]}""", new[] { "example.test" }, "a.sub.example.test", "sub.example.test")]
    [InlineData("""{"include":["test","sub.example.test"]}""", new[] { "example.test" }, "a.example.test", "example.test")]
    [InlineData("""{"include":["example.test"],"exclude":["a.example.test"]}""", new string[0], "a.example.test", null)]
    [InlineData("""{"regexInclude":"example"}""", new string[0], "a.example.test", null)]
    [InlineData("""{"regexInclude":"example"}""", new[] { "example.test" }, "a.example.test", "example.test")]
    public async Task The_longest_domain_of_filter_and_settings_is_the_zone(string filter, string[] zones, string name, string? zone)
    {
        _server.DomainFilter = filter;
        var answer = await Make(_time, zones: zones).FindZoneAsync(name, Token);
        if (zone is null)
            Assert.Equal(Reason.ZoneNotFound, Assert.IsType<ZoneAnswer.Failed>(answer).Fault.Reason);
        else
            Assert.Equal(zone, Assert.IsType<ZoneAnswer.Found>(answer).Zone.Name);
    }

    [Fact]
    public async Task A_name_outside_of_the_zone_is_neither_read_nor_written()
    {
        var zone = new DnsZone("example.test");
        RecordKey key = new("_mta-sts.example.org", RecordType.Txt);
        Assert.Equal(Reason.ProviderRefused, Assert.IsType<ReadAnswer.Failed>(await _provider.ReadAsync(zone, [key], Token)).Fault.Reason);
        RecordBatch batch = new(key.Name, [new RecordChange(key, 300, [], [], ["v=STSv1; id=1;"])]);
        Assert.Equal(Reason.ProviderRefused, Assert.IsType<ApplyAnswer.Failed>(await _provider.ApplyAsync(zone, batch, Token)).Fault.Reason);
        Assert.Empty(_server.Calls);
    }

    [Theory]
    [InlineData("end\" \"v=STSv1; id=evil;")]
    [InlineData("end\\")]
    [InlineData("end\\\" \\034 x")]
    [InlineData("line\nmta-sts TXT \"x\"\r\n; comment \u0001")]
    [InlineData("\",\"recordType\":\"A\"},{\"dnsName\":\"x")]
    public async Task No_value_leaves_its_string(string tail)
    {
        var value = "v=TLSRPTv1; rua=mailto:a@example.com " + tail;
        OwnedRecord record = new(RecordSet.Of("_smtp._tls.a.example.test", RecordType.Txt, 300, value), RecordScope.TlsRptTxt);
        await PublishedAsync(record);
        Assert.Single(_server.Look(record.Key.Name, "TXT"));
        Assert.Equal([value], (await ReadAsync(record.Key.Name)).Values);

        // Bare text carries it only where nothing in it could end a string.
        await StartAsync(new WebhookStyle(QuotesTxt: false));
        var told = await FaultOf(record, Make(_time, form: WebhookTxtForm.Plain));
        Assert.Equal((Reason.ProviderRefused, false), (told.Reason, told.Transient));
        Assert.Empty(_server.Writes.SelectMany(w => w.ToJsonString().Contains("evil", StringComparison.Ordinal) ? [w] : Array.Empty<JsonObject>()));
        Assert.Empty(_server.Look(record.Key.Name, "TXT"));
    }

    [Fact]
    public void A_set_with_a_routing_policy_is_not_touched()
    {
        WebhookEndpoint policy = new() { DnsName = "a.example.test", RecordType = "TXT", SetIdentifier = "eu", Targets = ["\"x\""] };
        RecordChange change = new(new RecordKey("a.example.test", RecordType.Txt), 300, ["x"], ["x"], ["y"]);
        Assert.Equal(Reason.ProviderRefused, WebhookPlan.Make(change, [policy], WebhookTxtForm.Quoted).Fault!.Reason);
    }

    [Fact]
    public void What_is_not_known_of_an_endpoint_is_sent_back()
    {
        const string json = """{"dnsName":"a","targets":["x"],"recordType":"TXT","recordTTL":5,"labels":{"owner":"o"},"providerSpecific":[{"name":"n","value":"v"}],"later":{"k":[1]}}""";
        var endpoint = JsonSerializer.Deserialize<WebhookEndpoint>(json, WebhookJson.Options)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonSerializer.SerializeToNode(endpoint with { Targets = ["x"] }, WebhookJson.Options)));
    }

    private static OwnedRecord Sts(string label) => new(RecordSet.Of($"_mta-sts.{label}.example.test", RecordType.Txt, 300, "v=STSv1; id=1;"), RecordScope.StsTxt);

    private static OwnedRecord Host(params string[] values) => new(RecordSet.Of("mta-sts.a.example.test", RecordType.A, 300, values), RecordScope.WholeSet);

    private static PublishOutcome Only(PublishReport report) => Assert.Single(report.Outcomes).Value;

    private async ValueTask StartAsync(WebhookStyle style)
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _server = await WebhookServer.StartAsync(style);
        _server.DomainFilter = """{"include":["example.test"]}""";
        _provider = Make(_time);
    }

    private WebhookProvider Make(TimeProvider time, string[]? zones = null, double seconds = 30, WebhookTxtForm form = WebhookTxtForm.Auto, RequestBudget? budget = null)
    {
        var options = new WebhookOptions { Address = _server.Address, Zones = [.. zones ?? []], Timeout = TimeSpan.FromSeconds(seconds), TxtForm = form, Budget = budget };
        return new WebhookProvider(options, _client, time, NullLogger<WebhookProvider>.Instance);
    }

    private int Count(string call) => _server.Calls.Count(c => c == call);

    private async Task<RecordSet> ReadAsync(string name)
    {
        RecordKey key = new(name, RecordType.Txt);
        return Assert.IsType<ReadAnswer.Read>(await _provider.ReadAsync(new DnsZone("example.test"), [key], Token)).Records[key];
    }

    private Task<PublishReport> PublishAsync(OwnedRecord record, IDnsProvider? provider = null) =>
        _publisher.PublishAsync(provider ?? _provider, [record], Us, Adoption.Refuse, Token);

    private async Task PublishedAsync(OwnedRecord record) => Assert.IsType<PublishOutcome.Written>(Only(await PublishAsync(record)));

    private async Task<ProviderFault> FaultOf(OwnedRecord record, IDnsProvider? provider = null) =>
        Assert.IsType<PublishOutcome.Failed>(Only(await PublishAsync(record, provider))).Fault;
}
