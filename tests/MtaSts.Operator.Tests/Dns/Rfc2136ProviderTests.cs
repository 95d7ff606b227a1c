using System.Net;
using System.Net.Sockets;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Rfc2136;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What is special to rfc2136, against BIND and against peers that break off, stall or lie.</summary>
public sealed class Rfc2136ProviderTests : IClassFixture<BindSha384>
{
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private readonly BindSha384 _bind;
    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);

    public Rfc2136ProviderTests(BindSha384 bind)
    {
        Assert.SkipWhen(NamedServer.WhyNot is not null, NamedServer.WhyNot ?? "");
        _bind = bind;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("_mta-sts.example.test", "example.test")]
    [InlineData("example.test", "example.test")]
    [InlineData("_mta-sts.sub.example.test", "sub.example.test")]
    [InlineData("a.b.c.notsub.example.test", "example.test")]
    public async Task Without_zones_in_the_settings_the_server_is_asked(string name, string zone) =>
        Assert.Equal(zone, Assert.IsType<ZoneAnswer.Found>(await _bind.Asking.FindZoneAsync(name, Token)).Zone.Name);

    [Fact]
    public async Task Without_zones_in_the_settings_a_name_that_the_server_does_not_have_has_none() =>
        Assert.Equal(Reason.ZoneNotFound, Assert.IsType<ZoneAnswer.Failed>(await _bind.Asking.FindZoneAsync("_mta-sts.other.invalid", Token)).Fault.Reason);

    [Theory]
    [InlineData("wrong secret", Reason.ProviderCredentialsRefused, "BADSIG")]
    [InlineData("wrong key name", Reason.ProviderCredentialsRefused, "BADKEY")]
    [InlineData("wrong algorithm", Reason.ProviderCredentialsRefused, "BADKEY")]
    [InlineData("a key without rights", Reason.ProviderRefused, "REFUSED")]
    [InlineData("no key", Reason.ProviderCredentialsRefused, "give a TSIG key")]
    public async Task Each_refusal_says_what_to_correct(string kind, Reason reason, string words)
    {
        var fault = await FaultOf(_bind.WithoutRights[kind], "refused");
        Assert.Equal(reason, fault.Reason);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_told()
    {
        var fault = await FaultOf(_bind.Make(time: new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1))), "late");
        Assert.Equal(Reason.ProviderCredentialsRefused, fault.Reason);
        Assert.Contains("BADTIME", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_in_the_settings_that_the_server_does_not_have_is_not_found() =>
        Assert.Equal(Reason.ZoneNotFound, (await FaultOf(_bind.Make(zones: ["other.invalid"]), "x", "other.invalid")).Reason);

    [Fact]
    public async Task A_zone_of_the_server_that_the_settings_hide_is_not_written_into_from_above()
    {
        var fault = await FaultOf(_bind.Make(zones: [NamedServer.Zone]), "x", NamedServer.SubZone);
        Assert.Equal(Reason.ZoneNotFound, fault.Reason);
        Assert.Contains("sub.example.test", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_in_the_very_last_moment_makes_the_update_a_conflict()
    {
        // After the adapter's own look, so that the server alone can tell.
        using var proxy = new DnsProxy(_bind.Port)
        {
            OnRequest = request =>
            {
                if (IsUpdate(request))
                    _bind.SeedAsync($"_mta-sts.last.example.test 300 TXT \"writer {Guid.NewGuid()}\"").GetAwaiter().GetResult();
                return request;
            },
        };
        Assert.Equal(Reason.ProviderConflict, (await FaultOf(_bind.Make(port: proxy.Port), "last")).Reason);
        Assert.Equal(2, (await _bind.LookAsync("_mta-sts.last.example.test", "TXT")).Length);
        Assert.Empty(await _bind.LookAsync("_mtasts-owner._mta-sts.last.example.test", "TXT"));
    }

    [Fact]
    public async Task An_update_whose_answer_is_lost_is_settled_by_a_look()
    {
        using var proxy = new DnsProxy(_bind.Port) { OnAnswer = (request, answer) => IsUpdate(request) ? null : answer };
        var report = await _publisher.PublishAsync(_bind.Make(port: proxy.Port), [Sts("lost")], Us, Adoption.Refuse, Token);
        Assert.IsType<PublishOutcome.Written>(Assert.Single(report.Outcomes).Value);
        Assert.Single(await _bind.LookAsync("_mta-sts.lost.example.test", "TXT"));
    }

    [Fact]
    public async Task An_update_that_is_lost_is_not_said_to_be_written()
    {
        using var proxy = new DnsProxy(_bind.Port) { OnRequest = request => IsUpdate(request) ? null : request };
        Assert.Equal(Reason.ProviderUnavailable, (await FaultOf(_bind.Make(port: proxy.Port), "gone")).Reason);
        Assert.Empty(await _bind.LookAsync("_mta-sts.gone.example.test", "TXT"));
    }

    [Fact]
    public async Task An_answer_that_was_changed_on_the_way_is_not_believed()
    {
        using var proxy = new DnsProxy(_bind.Port) { OnAnswer = (_, answer) => [.. answer[..3], (byte)(answer[3] & 0xf0), .. answer[4..]] };
        var fault = await FaultOf(_bind.Make(port: proxy.Port), "forged");
        Assert.Equal(Reason.ProviderCredentialsRefused, fault.Reason);
        Assert.Contains("without a valid signature", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_whose_signature_was_taken_off_is_not_believed()
    {
        using var proxy = new DnsProxy(_bind.Port)
        {
            OnAnswer = (_, answer) => DnsReader.TryRead(answer, out var m) ? [.. answer[..10], 0, 0, .. answer[12..m.TsigStart]] : null,
        };
        Assert.Contains("without a valid signature", (await FaultOf(_bind.Make(port: proxy.Port), "bare")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_ends_at_the_time_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new Rfc2136Options
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)silent.LocalEndpoint).Port,
            Zones = ["example.test"],
            Timeout = TimeSpan.FromMilliseconds(200),
        };
        var fault = await FaultOf(new Rfc2136Provider(options, TimeProvider.System, NullLogger<Rfc2136Provider>.Instance), "silent");
        Assert.Equal((Reason.ProviderUnavailable, true), (fault.Reason, fault.Transient));
        Assert.Contains("0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_talks_garbage_is_unavailable()
    {
        using var proxy = new DnsProxy(_bind.Port) { OnAnswer = (_, answer) => [.. answer[..2], .. Enumerable.Repeat((byte)0xc0, 40)] };
        Assert.Equal(Reason.ProviderUnavailable, (await FaultOf(_bind.Make(port: proxy.Port), "garbage")).Reason);
    }

    private static bool IsUpdate(byte[] request) => (request[2] >> 3 & 0xf) == 5;

    private static OwnedRecord Sts(string label, string zone = NamedServer.Zone) =>
        new(RecordSet.Of($"_mta-sts.{label}.{zone}", RecordType.Txt, 300, "v=STSv1; id=1;"), RecordScope.StsTxt);

    private async Task<ProviderFault> FaultOf(IDnsProvider provider, string label, string zone = NamedServer.Zone)
    {
        var report = await _publisher.PublishAsync(provider, [Sts(label, zone)], Us, Adoption.Refuse, Token);
        return Assert.IsType<PublishOutcome.Failed>(Assert.Single(report.Outcomes).Value).Fault;
    }
}
