using MtaSts.Core.Observations;
using MtaSts.Core.Sts;
using static MtaSts.Core.Tests.Observations.World;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgeAsSenderTests
{
    [Fact]
    public void A_healthy_domain_is_healthy_without_any_expectation() =>
        Assert.All(Judge.AsSender(Healthy, Now, TimeSpan.FromDays(7)), r => Assert.IsType<Finding.Healthy>(r.Finding));

    [Fact]
    public void The_live_policy_is_the_one_fetched() =>
        Assert.Equal(StsMode.Enforce, Judge.LivePolicy(Healthy)?.Value?.Mode);

    [Fact]
    public void An_answer_that_is_no_policy_response_is_no_live_policy() =>
        Assert.Null(Judge.LivePolicy(Healthy with { Policy = Policy(Fetch(http: 404)) }));

    [Fact]
    public void A_document_that_does_not_parse_is_broken_by_its_own_reason() =>
        Assert.Equal([$"Broken MaxAgeInvalid {PolicyHost}"], Show(Check.PolicyServed, Healthy with { Policy = Policy(Fetch(body: "version: STSv1\r\nmode: none\r\n")) }));

    [Fact]
    public void Two_addresses_with_two_valid_policies_differ() =>
        Assert.Equal(
            [$"Broken PolicyDiffers {PolicyHost} (2001:db8::1)"],
            Show(Check.PolicyServed, Healthy with { Policy = Policy(Fetch(), Fetch(body: Old.Text, address: "2001:db8::1")) }));

    [Fact]
    public void A_missing_record_is_broken() =>
        Assert.Equal([$"Broken RecordMissing {StsName}"], Show(Check.TxtRecord, Healthy with { StsTxt = Texts(StsName, "v=spf1 -all") }));

    [Fact]
    public void A_record_that_no_server_has_valid_is_broken() =>
        Assert.Equal([$"Broken RecordDiffers {StsName}"], Show(Check.TxtRecord, Healthy with { StsTxt = Texts(StsName, "v=STSv1; id=;") }));

    [Fact]
    public void Servers_with_different_ids_are_told() =>
        Assert.Equal(
            [$"Broken RecordDiffers {Resolver}"],
            Show(Check.TxtRecord, Healthy with
            {
                StsTxt = Healthy.StsTxt with { Resolvers = [Reply(Resolver, DnsStatus.Answered, "v=STSv1; id=other;")] },
            }));

    [Fact]
    public void No_TLSRPT_record_is_allowed_and_worth_a_note()
    {
        var finding = Judge.AsSender(Healthy with { TlsRptTxt = Texts(TlsRptName, "v=spf1 -all") }, Now, default).Single(r => r.Check == Check.TlsRptRecord).Finding;
        Assert.NotNull(Assert.IsType<Finding.Healthy>(finding).Note);
    }

    [Fact]
    public void A_TLSRPT_lookup_that_failed_is_not_an_absent_record() =>
        Assert.StartsWith(
            "Unknown DnsLookupFailed",
            Show(Check.TlsRptRecord, Healthy with { TlsRptTxt = new DnsView(TlsRptName, [Reply(Ns1, DnsStatus.TimedOut)], []) }).Single(), StringComparison.Ordinal);

    [Fact]
    public void Without_a_policy_nothing_is_known_of_coverage() =>
        Assert.Equal(["Unknown NotObservedYet example.com"], Show(Check.MxCoverage, Healthy with { Policy = Policy(Fetch(http: 404)) }));

    private static IReadOnlyList<string> Show(Check check, Observed observed) =>
        [.. Judge.AsSender(observed, Now, default).Where(r => r.Check == check).Select(r => World.Show(r.Finding))];
}
