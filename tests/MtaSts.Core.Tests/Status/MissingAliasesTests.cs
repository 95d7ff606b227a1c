using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Tests.Observations;
using MtaSts.Core.Tests.Rollout;

namespace MtaSts.Core.Tests.Status;

public sealed class MissingAliasesTests
{
    private const string Suffix = "sts.platform.example";

    private static readonly Intent Delegated = Scene.Intent() with { Delegation = Delegation.Parse(Suffix), TlsReporting = World.Rua };

    [Fact]
    public void Every_CNAME_that_is_not_there_is_a_line_to_copy() => Assert.Equal(
        [
            $"_mta-sts.example.com. 60 IN CNAME _mta-sts.example.com.{Suffix}.",
            $"_smtp._tls.example.com. 60 IN CNAME _smtp._tls.example.com.{Suffix}.",
            $"mta-sts.example.com. 60 IN CNAME mta-sts.example.com.{Suffix}.",
        ],
        Lines(Delegated, Seen([], [], [])));

    [Fact]
    public void What_is_there_is_not_listed() => Assert.Equal(
        [$"_smtp._tls.example.com. 60 IN CNAME _smtp._tls.example.com.{Suffix}."],
        Lines(Delegated, Seen([$"_mta-sts.example.com.{Suffix}"], [], [$"mta-sts.example.com.{Suffix}"])));

    [Fact]
    public void Without_reports_nothing_is_asked_for_them() =>
        Assert.DoesNotContain("_smtp._tls", string.Concat(Lines(Delegated with { TlsReporting = null }, Seen([], [], []))), StringComparison.Ordinal);

    [Fact]
    public void Where_nothing_is_delegated_nothing_is_listed() => Assert.Empty(Lines(Delegated with { Delegation = null }, Seen([], [], [])));

    [Fact]
    public void What_stands_in_the_way_of_a_CNAME_is_listed_before_it()
    {
        var observed = Seen([], [], []) with { StsTxt = World.Texts(World.StsName, "v=STSv1; id=1;", "site-verification=1") };
        Assert.Equal(
            ["; remove _mta-sts.example.com. TXT", $"_mta-sts.example.com. 60 IN CNAME _mta-sts.example.com.{Suffix}."], Lines(Delegated, observed).Take(2));
    }

    [Fact]
    public void A_CNAME_elsewhere_is_told_with_where_it_leads()
    {
        var problem = MissingAliases.Of(Delegated, Seen(["x.example.net"], [], []), Scene.Healthy(), 60)[0];
        Assert.Equal((Reason.AliasElsewhere, World.StsName, true), (problem.Reason, problem.Subject, problem.NeedsSomebody));
        Assert.Contains("x.example.net", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_that_give_no_answer_leave_the_list_as_if_all_were_there()
    {
        var failed = World.Reply(World.Ns1, DnsStatus.ServerFailure);
        var observed = Seen([], [], []) with
        {
            StsTxt = new DnsView(World.StsName, [failed], []),
            TlsRptTxt = new DnsView(World.TlsRptName, [failed], []),
            Policy = new PolicyView(World.PolicyHost, [failed], []),
        };
        Assert.Empty(Lines(Delegated, observed));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_address_of_the_owners_is_in_the_way_only_where_the_policy_is_not_served(bool broken, bool listed)
    {
        var evidence = broken ? Scene.Healthy().With(Check.PolicyServed, Scene.Broken(Reason.PolicyDiffers)) : Scene.Healthy();
        var observed = Seen([], [], []) with
        {
            Policy = new PolicyView(
                World.PolicyHost, [World.Reply(World.Resolver, DnsStatus.Answered, "203.0.113.1"), World.Reply(World.Resolver, DnsStatus.Answered, "2001:db8::1")], [World.Fetch()]),
        };
        var lines = MissingAliases.Of(Delegated, observed, evidence, 60).SelectMany(p => p.ByHand).Where(l => l.Contains(" mta-sts.", StringComparison.Ordinal) || l.StartsWith("mta-sts.", StringComparison.Ordinal));
        Assert.Equal(
            listed ? ["; remove mta-sts.example.com. A", "; remove mta-sts.example.com. AAAA", $"mta-sts.example.com. 60 IN CNAME mta-sts.example.com.{Suffix}."] : [], lines);
    }

    private static IEnumerable<string> Lines(Intent intent, Observed observed) =>
        MissingAliases.Of(intent, observed, Scene.Healthy(), 60).SelectMany(p => p.ByHand);

    private static Observed Seen(ImmutableArray<string> sts, ImmutableArray<string> tlsRpt, ImmutableArray<string> host) => World.Healthy with
    {
        StsTxt = new DnsView(World.StsName, [Nothing(sts)], [Nothing(sts)]),
        TlsRptTxt = new DnsView(World.TlsRptName, [Nothing(tlsRpt)], [Nothing(tlsRpt)]),
        Policy = new PolicyView(World.PolicyHost, [Nothing(host), Nothing(host)], []),
    };

    private static DnsReply Nothing(ImmutableArray<string> aliases) => World.Reply(World.Ns1, DnsStatus.NoSuchName) with { Aliases = aliases };
}
