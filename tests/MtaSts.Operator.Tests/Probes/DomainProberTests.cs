using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class DomainProberTests
{
    private static readonly ProbeRequest Request = new(
        MailDomain.Parse("example.com"), FetchPolicy: true, ProbeMx: true, [new RecordKey("_mta-sts.example.com", RecordType.Txt), new RecordKey("mta-sts.example.com", RecordType.A)],
        Loopback.Allowed, TimeSpan.FromMinutes(1));

    [Fact]
    public async Task A_healthy_domain_is_healthy_to_a_sender()
    {
        await using var domain = new LoopbackDomain();
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        var observed = await prober.ObserveAsync(Request, TestContext.Current.CancellationToken);
        Assert.All(Judge.AsSender(observed, observed.At, TimeSpan.FromDays(7)), r => Assert.IsType<Finding.Healthy>(r.Finding));
        Assert.Equal(["127.0.0.1"], Assert.Single(observed.Records[Request.Records[1]].Authoritative).Records);
        Assert.Empty(observed.Records[Request.Records[1]].Resolvers);
    }

    [Fact]
    public async Task A_round_asks_for_the_same_record_set_once()
    {
        await using var domain = new LoopbackDomain();
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        await prober.ObserveAsync(Request, TestContext.Current.CancellationToken);
        Assert.Single(domain.Dns.Asked, q => q is { Name: "_mta-sts.example.com", Type: DnsType.Txt, Recursive: false });
    }

    [Fact]
    public async Task An_MX_is_probed_once_for_many_domains()
    {
        await using var domain = new LoopbackDomain(more:
        [
            .. Enumerable.Range(0, 20).SelectMany(i => (DnsRecord[])[DnsRecord.Ns($"d{i}.net", "ns.example.com"), DnsRecord.Mx($"d{i}.net", 10, "mx1.example.com")]),
        ]);
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        var rounds = Enumerable.Range(0, 20).Select(i =>
            prober.ObserveAsync(Request with { Domain = MailDomain.Parse($"d{i}.net"), FetchPolicy = false, Records = [] }, TestContext.Current.CancellationToken));
        Assert.All(await Task.WhenAll(rounds), o => Assert.Equal(SmtpStatus.TlsEstablished, Assert.Single(Assert.Single(o.Mx.Hosts).Probes).Status));
        Assert.Equal(1, domain.Smtp.Connections);
    }

    [Fact]
    public async Task What_one_class_allows_is_not_shared_with_another()
    {
        await using var domain = new LoopbackDomain();
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        await prober.ObserveAsync(Request, TestContext.Current.CancellationToken);
        var strict = await prober.ObserveAsync(Request with { AllowedAddresses = [] }, TestContext.Current.CancellationToken);
        Assert.Equal(SmtpStatus.AddressRefused, Assert.Single(Assert.Single(strict.Mx.Hosts).Probes).Status);
        Assert.Equal(FetchStatus.AddressRefused, Assert.Single(strict.Policy.Fetches).Status);
        Assert.All(strict.StsTxt.Authoritative, r => Assert.Equal(DnsStatus.Unreachable, r.Status));
    }

    [Fact]
    public async Task A_domain_without_MX_and_with_an_address_is_its_own_MX()
    {
        await using var domain = new LoopbackDomain(more: [DnsRecord.A("example.com", "127.0.0.1")], without: DnsType.Mx);
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        var host = Assert.Single((await prober.ObserveAsync(Request, TestContext.Current.CancellationToken)).Mx.Hosts);
        Assert.Equal(("example.com", 0), (host.Host, host.Preference));
    }

    [Fact]
    public async Task A_domain_with_a_null_MX_has_no_hosts()
    {
        await using var domain = new LoopbackDomain(more: [new DnsRecord("example.com", DnsType.Mx, [0, 0, 0]), DnsRecord.A("example.com", "127.0.0.1")]);
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        var both = (await prober.ObserveAsync(Request, TestContext.Current.CancellationToken)).Mx;
        Assert.False(both.IsNullMx); // beside another MX it is none

        await using var alone = DnsPeer.Of(
            DnsRecord.Ns("example.com", "ns.example.com"), DnsRecord.A("ns.example.com", "127.0.0.1"), DnsRecord.A("example.com", "127.0.0.1"),
            new DnsRecord("example.com", DnsType.Mx, [0, 0, 0]));
        using var other = new DomainProber(domain.Options with { Resolvers = [alone.EndPoint], DnsPort = alone.Port }, TimeProvider.System);
        var mx = (await other.ObserveAsync(Request, TestContext.Current.CancellationToken)).Mx;
        Assert.True(mx.IsNullMx);
        Assert.Empty(mx.Hosts);
    }

    [Fact]
    public async Task Without_fetching_and_probing_nothing_is_connected_to()
    {
        await using var domain = new LoopbackDomain();
        using var prober = new DomainProber(domain.Options, TimeProvider.System);
        var observed = await prober.ObserveAsync(Request with { FetchPolicy = false, ProbeMx = false }, TestContext.Current.CancellationToken);
        Assert.Empty(observed.Policy.Fetches);
        Assert.Empty(Assert.Single(observed.Mx.Hosts).Probes);
        Assert.Equal((0, 0), (domain.Https.Connections, domain.Smtp.Connections));
    }

    [Fact]
    public async Task Past_the_overall_deadline_what_is_missing_is_told_as_not_known()
    {
        await using var silent = new DnsPeer(_ => null);
        var options = Loopback.Options with { Resolvers = [silent.EndPoint], DnsPort = silent.Port, OverallDeadline = Loopback.Brief };
        using var prober = new DomainProber(options, TimeProvider.System);
        var observed = await prober.ObserveAsync(Request, TestContext.Current.CancellationToken);
        Assert.All(Judge.AsSender(observed, observed.At, default), r => Assert.IsType<Finding.Unknown>(r.Finding));
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception()
    {
        await using var silent = new DnsPeer(_ => null);
        using var prober = new DomainProber(Loopback.Options with { Resolvers = [silent.EndPoint], DnsPort = silent.Port }, TimeProvider.System);
        using var cancelled = new CancellationTokenSource(Loopback.Brief);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prober.ObserveAsync(Request, cancelled.Token));
    }

    [Fact]
    public async Task Dead_mail_servers_of_three_hosts_are_a_blocked_way_out()
    {
        await using var domain = new LoopbackDomain(more:
        [
            .. Enumerable.Range(2, 2).SelectMany(i => (DnsRecord[])[DnsRecord.Mx("example.com", 20, $"mx{i}.example.com"), DnsRecord.A($"mx{i}.example.com", "127.0.0.1")]),
        ]);
        using var prober = new DomainProber(domain.Options with { SmtpPort = TcpPeer.ClosedPort() }, TimeProvider.System);
        var observed = await prober.ObserveAsync(Request, TestContext.Current.CancellationToken);
        Assert.True(observed.Mx.EgressBlocked);
        Assert.All(
            Judge.AsSender(observed, observed.At, default).Where(r => r.Check == Check.MxTls),
            r => Assert.Equal(Reason.EgressBlocked, Assert.IsType<Finding.Unknown>(r.Finding).Reason));
    }
}
