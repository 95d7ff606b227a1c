using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using static MtaSts.Core.Tests.Observations.World;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgeAliasTests
{
    private const string Place = "_mta-sts.example.com.sts.platform.example";
    private const string HostPlace = "mta-sts.example.com.sts.platform.example";
    private const string OfAnother = "_mta-sts.example.org.sts.platform.example";

    private static readonly Expectation Delegated = Expected with { Delegation = Delegation.Parse("sts.platform.example") };

    private static readonly DnsReply Plain = Reply("", DnsStatus.Answered, $"v=STSv1; id={Current.Id};");
    private static readonly DnsReply Ours = Plain with { Aliases = [Place] };
    private static readonly DnsReply Elsewhere = Plain with { Aliases = [OfAnother] };
    private static readonly DnsReply None = Reply("", DnsStatus.NoSuchName);

    public static TheoryData<string, bool, ImmutableArray<DnsReply>, string[]> Rows => new()
    {
        // why, whether there was a record before, [ns1, ns2, resolver], findings
        { "ours at its place", true, [Ours, Ours, Ours], ["Healthy"] },
        { "the case of letters and a final dot do not count", true, [Ours with { Aliases = [Place.ToUpperInvariant() + "."] }, Ours, Ours], ["Healthy"] },
        { "by another CNAME of the owner's", true, [Ours with { Aliases = ["x.example.net", Place] }, Ours, Ours], ["Healthy"] },
        { "no CNAME yet", true, [None, None, None], [$"Broken AliasMissing {StsName}"] },
        { "a name that has other types", true, [Reply("", DnsStatus.NoData), None, None], [$"Broken AliasMissing {StsName}"] },
        { "our own record, but not at its place", true, [Plain, Plain, Plain], [$"Broken AliasMissing {StsName}"] },
        { "a CNAME to another domain's place, where another record is", true, [Elsewhere, Elsewhere, Elsewhere], [$"Broken AliasElsewhere {StsName}"] },
        { "a CNAME to nothing", true, [None with { Aliases = ["gone.example.net"] }, Elsewhere, Elsewhere], [$"Broken AliasElsewhere {StsName}"] },
        { "a secondary lags, the first publication", false, [Ours, None, Ours], [$"Unknown RecordPropagating {Ns2}"] },
        { "a secondary has lost it", true, [Ours, None, Ours], [$"Broken AliasMissing {Ns2}"] },
        { "the resolver remembers that there was none", true, [Ours, Ours, None], [$"Unknown RecordPropagating {Resolver}"] },
        { "the resolver remembers the CNAME of before", true, [Ours, Ours, Elsewhere], [$"Unknown RecordPropagating {Resolver}"] },
        { "the right CNAME, and nothing at the place", true, [None with { Aliases = [Place] }, None with { Aliases = [Place] }, None with { Aliases = [Place] }], [$"Broken AliasDangling {StsName}"] },
        { "the right CNAME, and no answer from the place", true, [Reply("", DnsStatus.ServerFailure) with { Aliases = [Place] }, Ours, Ours], [$"Unknown DnsLookupFailed {Ns1}"] },
        { "no answer at all", true, [Reply("", DnsStatus.TimedOut), Ours, Ours], [$"Unknown DnsLookupFailed {Ns1}"] },
        { "an older record at the place", true, [Ours with { Records = [$"v=STSv1; id={Old.Id};"] }, Ours, Ours], [$"Unknown RecordPropagating {Ns1}"] },
        { "another record at the place", true, [Ours with { Records = ["v=STSv1; id=20240101;"] }, Ours, Ours], [$"Broken RecordDiffers {Ns1}"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_delegated_record_is_judged_by_where_its_name_leads(string why, bool hadPrevious, ImmutableArray<DnsReply> replies, string[] expected)
    {
        var expectation = hadPrevious ? Delegated : Delegated with { Previous = null };
        Assert.Equal(expected, Show(Check.TxtRecord, expectation, Healthy with { StsTxt = View(StsName, replies) }));
        Assert.NotEmpty(why);
    }

    public static TheoryData<string, ImmutableArray<DnsReply>, string[]> NotDelegated => new()
    {
        { "right behind an alias of the owner's", [Elsewhere, Elsewhere, Elsewhere], ["Healthy"] },
        { "still the one before behind it", [Elsewhere with { Records = [$"v=STSv1; id={Old.Id};"] }, Elsewhere, Elsewhere], [$"Unknown RecordPropagating {Ns1}"] },
        { "another one behind it", [Elsewhere with { Records = ["v=STSv1; id=20240101;"] }, Elsewhere, Elsewhere], [$"Broken AliasElsewhere {Ns1}"] },
        { "two behind it", [Elsewhere with { Records = [.. Plain.Records, "v=STSv1; id=20240101;"] }, Elsewhere, Elsewhere], [$"Broken AliasElsewhere {Ns1}"] },
        { "nothing behind it", [.. Enumerable.Repeat(None with { Aliases = ["a.example.net", "gone.example.net"] }, 3)], [$"Broken AliasDangling {StsName}"] },
        { "no answer behind it", [Reply("", DnsStatus.Refused) with { Aliases = [OfAnother] }, Elsewhere, Elsewhere], [$"Unknown DnsLookupFailed {Ns1}"] },
    };

    [Theory]
    [MemberData(nameof(NotDelegated))]
    public void Where_nothing_is_delegated_a_CNAME_counts_only_when_it_keeps_the_record_away(string why, ImmutableArray<DnsReply> replies, string[] expected)
    {
        Assert.Equal(expected, Show(Check.TxtRecord, Expected, Healthy with { StsTxt = View(StsName, replies) }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void What_is_told_is_the_line_to_create_the_place_that_is_meant_and_the_end_that_is_missing()
    {
        Assert.Contains($"create: {StsName}. CNAME {Place}.", Message([None, None, None], Delegated), StringComparison.Ordinal);
        Assert.Contains($"remove it and create: {StsName}. CNAME {Place}.", Message([Plain, Plain, Plain], Delegated), StringComparison.Ordinal);
        Assert.Contains($"is a CNAME to {OfAnother}", Message([Elsewhere, Elsewhere, Elsewhere], Delegated), StringComparison.Ordinal);
        Assert.Contains($"it must be: {StsName}. CNAME {Place}.", Message([Elsewhere, Elsewhere, Elsewhere], Delegated), StringComparison.Ordinal);
        var dangling = None with { Aliases = ["a.example.net", "gone.example.net"] };
        Assert.Contains("ends at gone.example.net", Message([dangling, dangling, dangling], Expected), StringComparison.Ordinal);
        Assert.Contains("use a provider with a cnameTarget", Message([dangling, dangling, dangling], Expected), StringComparison.Ordinal);
    }

    [Fact]
    public void A_CNAME_that_is_missing_is_told_before_the_record_is_published()
    {
        var before = Delegated with { Published = null };
        Assert.Equal(
            [$"Broken AliasMissing {StsName}", $"Unknown RecordNotPublishedYet {StsName}"], Show(Check.TxtRecord, before, Healthy with { StsTxt = View(StsName, [None, None, None]) }));
        Assert.Equal(
            [$"Unknown RecordNotPublishedYet {StsName}"],
            Show(Check.TxtRecord, before, Healthy with { StsTxt = View(StsName, [.. Enumerable.Repeat(None with { Aliases = [Place] }, 3)]) }));
    }

    [Fact]
    public void The_report_record_is_judged_likewise()
    {
        var view = View(TlsRptName, [.. Enumerable.Repeat(Reply("", DnsStatus.Answered, Rua.ToString()), 3)]);
        Assert.Equal([$"Broken AliasMissing {TlsRptName}"], Show(Check.TlsRptRecord, Delegated, Healthy with { TlsRptTxt = view }));
        Assert.Equal(["Healthy"], Show(Check.TlsRptRecord, Delegated with { TlsRpt = null }, Healthy with { TlsRptTxt = view }));
    }

    public static TheoryData<string, bool, ImmutableArray<DnsReply>, string?, string[]> Hosts => new()
    {
        // why, delegated, [A, AAAA], the document that is served or null, findings
        { "led to its place", true, [Address(HostPlace), NoAddress(HostPlace)], Current.Text, ["Healthy"] },
        { "no CNAME, no address", true, [NoAddress(), NoAddress()], null, [$"Broken AliasMissing {PolicyHost}"] },
        { "a CNAME elsewhere, no address", true, [NoAddress("x.example.net"), NoAddress("x.example.net")], null, [$"Broken AliasElsewhere {PolicyHost}"] },
        { "led to its place, which has no address", true, [NoAddress(HostPlace), NoAddress(HostPlace)], null, [$"Broken PolicyHostNoAddress {PolicyHost}"] },
        { "led to its place, and on to what has none", true, [NoAddress(HostPlace, "lb.example.net"), NoAddress(HostPlace, "lb.example.net")], null, [$"Broken AliasDangling {PolicyHost}"] },
        { "an address of the owner's, served as wanted", true, [Address(), NoAddress()], Current.Text, ["Healthy"] },
        { "an address of the owner's, something else there", true, [Address(), NoAddress()], "x", [$"Broken AliasMissing {PolicyHost}", $"Broken PolicyDiffers {PolicyHost}"] },
        { "a CNAME to another's server", true, [Address("x.example.net"), NoAddress("x.example.net")], "x", [$"Broken AliasElsewhere {PolicyHost}", $"Broken PolicyDiffers {PolicyHost}"] },
        { "not delegated, a CNAME of the owner's", false, [Address("x.example.net"), NoAddress("x.example.net")], Current.Text, ["Healthy"] },
        { "not delegated, a CNAME to nothing", false, [NoAddress("x.example.net"), NoAddress("x.example.net")], null, [$"Broken AliasDangling {PolicyHost}"] },
        { "a question that failed", true, [NoAddress(), Reply(Resolver, DnsStatus.TimedOut)], null, [$"Unknown PolicyHostLookupFailed {PolicyHost}"] },
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_policy_host_is_judged_by_what_is_served_and_then_by_where_its_name_leads(
        string why, bool delegated, ImmutableArray<DnsReply> addresses, string? served, string[] expected)
    {
        var view = new PolicyView(PolicyHost, addresses, served is null ? [] : [Fetch(body: served)]);
        Assert.Equal(expected, Show(Check.PolicyServed, delegated ? Delegated : Expected, Healthy with { Policy = view }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void A_sender_finds_a_dangling_CNAME_and_knows_nothing_of_places()
    {
        var dangling = Healthy with { StsTxt = View(StsName, [.. Enumerable.Repeat(None with { Aliases = ["gone.example.net"] }, 3)]) };
        Assert.Equal("Broken AliasDangling _mta-sts.example.com", AsSender(dangling));
        Assert.Equal("Healthy", AsSender(Healthy with { StsTxt = View(StsName, [Elsewhere, Elsewhere, Elsewhere]) }));
    }

    private static string AsSender(Observed observed) => Show(Judge.AsSender(observed, Now, default).First(r => r.Check == Check.TxtRecord).Finding);

    private static string Message(ImmutableArray<DnsReply> replies, Expectation expectation) => Assert.IsType<Finding.Broken>(
        Judge.All(expectation, Healthy with { StsTxt = View(StsName, replies) }, Now).First(r => r.Check == Check.TxtRecord).Finding).Message;

    private static DnsView View(string name, ImmutableArray<DnsReply> replies) =>
        new(name, [replies[0] with { Server = Ns1 }, replies[1] with { Server = Ns2 }], [replies[2] with { Server = Resolver }]);

    private static DnsReply Address(params ImmutableArray<string> aliases) => Reply(Resolver, DnsStatus.Answered, "203.0.113.1") with { Aliases = aliases };

    private static DnsReply NoAddress(params ImmutableArray<string> aliases) => Reply(Resolver, DnsStatus.NoSuchName) with { Aliases = aliases };
}
