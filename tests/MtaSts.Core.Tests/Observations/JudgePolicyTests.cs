using MtaSts.Core.Observations;
using static MtaSts.Core.Tests.Observations.World;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgePolicyTests
{
    [Fact]
    public void A_healthy_world_gives_one_healthy_result_for_each_check() =>
        Assert.Equal(
            Enum.GetValues<Check>().Select(c => (c, "Healthy")),
            Judge.All(Expected, Healthy, Now).Select(r => (r.Check, Show(r.Finding))));

    [Fact]
    public void An_unchanged_world_gives_equal_results_at_another_moment() =>
        Assert.Equal(
            Judge.All(Expected, Healthy with { Policy = Policy(Fetch(certificate: Certificate(days: 3))) }, Now),
            Judge.All(Expected, Healthy with { Policy = Policy(Fetch(certificate: Certificate(days: 3))) }, Now.AddHours(5)));

    public static TheoryData<string, PolicyFetch, string> Fetches => new()
    {
        { "our bytes", Fetch(), "Healthy" },
        { "a charset does not matter", Fetch(type: "Text/Plain; charset=utf-8"), "Healthy" },
        { "the document before", Fetch(body: Old.Text), $"Unknown PolicyPropagating {PolicyHost}" },
        { "another document", Fetch(body: Current.Text + " "), $"Broken PolicyDiffers {PolicyHost}" },
        { "an empty document", Fetch(body: ""), $"Broken PolicyDiffers {PolicyHost}" },
        { "a redirect", Fetch(http: 301), $"Broken PolicyRedirected {PolicyHost}" },
        { "not found", Fetch(http: 404), $"Broken PolicyHttpStatus {PolicyHost}" },
        { "another success than 200", Fetch(http: 203), $"Broken PolicyHttpStatus {PolicyHost}" },
        { "HTML", Fetch(type: "text/html"), $"Broken PolicyContentType {PolicyHost}" },
        { "a type that begins alike", Fetch(type: "text/plainer"), $"Broken PolicyContentType {PolicyHost}" },
        { "no type", Fetch(type: null), $"Broken PolicyContentType {PolicyHost}" },
        { "too large", Fetch(FetchStatus.TooLarge), $"Broken PolicyTooLarge {PolicyHost}" },
        { "not HTTP", Fetch(FetchStatus.Malformed, null), $"Broken PolicyMalformedResponse {PolicyHost}" },
        { "refused connection", Fetch(FetchStatus.Unreachable, null), $"Broken PolicyHostUnreachable {PolicyHost}" },
        { "time-out", Fetch(FetchStatus.TimedOut, null), $"Broken PolicyHostTimedOut {PolicyHost}" },
        { "TLS", Fetch(FetchStatus.TlsFailed, null), $"Broken PolicyHostTlsFailed {PolicyHost}" },
        { "private address", Fetch(FetchStatus.AddressRefused, null), $"Unknown AddressRefused {PolicyHost}" },
        { "no route", Fetch(FetchStatus.NoRoute, null), $"Unknown EgressBlocked {PolicyHost}" },
        { "untrusted", Rejected(ChainStatus.Untrusted), $"Broken PolicyCertificateUntrusted {PolicyHost}" },
        { "untrusted and misnamed", Rejected(ChainStatus.Untrusted, false), $"Broken PolicyCertificateUntrusted {PolicyHost}" },
        { "expired", Rejected(ChainStatus.Expired), $"Broken PolicyCertificateExpired {PolicyHost}" },
        { "not valid yet", Rejected(ChainStatus.NotYetValid), $"Broken PolicyCertificateExpired {PolicyHost}" },
        { "rejected for another cause", Rejected(ChainStatus.Rejected), $"Broken PolicyCertificateUntrusted {PolicyHost}" },
        { "misnamed", Rejected(ChainStatus.Trusted, false), $"Broken PolicyCertificateNameMismatch {PolicyHost}" },
    };

    [Theory]
    [MemberData(nameof(Fetches))]
    public void Each_fetch_is_judged(string why, PolicyFetch fetch, string expected) =>
        Assert.Equal([expected], Show(Check.PolicyServed, Expected, Healthy with { Policy = Policy(fetch) }).Select(s => why.Length > 0 ? s : why));

    [Fact]
    public void Nothing_handed_over_yet_is_unknown() =>
        Assert.Equal([$"Unknown PolicyNotServedYet {PolicyHost}"], Show(Check.PolicyServed, Expected with { Served = null }, Healthy));

    [Fact]
    public void One_bad_address_beside_a_good_one_is_named() =>
        Assert.Equal(
            [$"Broken PolicyHttpStatus {PolicyHost} (2001:db8::1)"],
            Show(Check.PolicyServed, Expected, Healthy with { Policy = Policy(Fetch(), Fetch(http: 503, address: "2001:db8::1")) }));

    [Fact]
    public void An_address_family_without_a_route_does_not_hide_what_the_other_shows()
    {
        var results = Judge.All(Expected, Healthy with { Policy = Policy(Fetch(), Fetch(FetchStatus.NoRoute, address: "2001:db8::1")) }, Now);
        Assert.NotNull(Assert.IsType<Finding.Healthy>(results.Single(r => r.Check == Check.PolicyServed).Finding).Note);
    }

    [Theory]
    [InlineData("no address, for certain", DnsStatus.NoData, DnsStatus.NoSuchName, "Broken PolicyHostNoAddress mta-sts.example.com")]
    [InlineData("one question failed", DnsStatus.NoData, DnsStatus.TimedOut, "Unknown PolicyHostLookupFailed mta-sts.example.com")]
    [InlineData("both failed", DnsStatus.ServerFailure, DnsStatus.TimedOut, "Unknown PolicyHostLookupFailed mta-sts.example.com")]
    public void A_host_without_address_is_told_apart_from_a_failed_lookup(string why, DnsStatus v4, DnsStatus v6, string expected)
    {
        var view = new PolicyView(PolicyHost, [Reply(Resolver, v4), Reply(Resolver, v6)], []);
        Assert.Contains(expected, Show(Check.PolicyServed, Expected, Healthy with { Policy = view }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void A_failed_question_beside_a_good_address_is_not_health() =>
        Assert.Equal(
            [$"Unknown PolicyHostLookupFailed {PolicyHost}"],
            Show(Check.PolicyServed, Expected, Healthy with
            {
                Policy = new PolicyView(PolicyHost, [Reply(Resolver, DnsStatus.Answered, "203.0.113.1"), Reply(Resolver, DnsStatus.TimedOut)], [Fetch()]),
            }));

    [Fact]
    public void A_round_without_a_fetch_is_unknown() =>
        Assert.Equal(
            [$"Unknown NotObservedYet {PolicyHost}"],
            Show(Check.PolicyServed, Expected, Healthy with { Policy = new PolicyView(PolicyHost, [], []) }));

    [Theory]
    [InlineData(60, "Healthy")]
    [InlineData(7, "Healthy")]
    [InlineData(6, "Broken PolicyCertificateExpiresSoon mta-sts.example.com")]
    [InlineData(0, "Broken PolicyCertificateExpired mta-sts.example.com")]
    [InlineData(-1, "Broken PolicyCertificateExpired mta-sts.example.com")]
    public void The_certificate_must_live_long_enough(int days, string expected) =>
        Assert.Equal([expected], Show(Check.CertificateLifetime, Expected, Healthy with { Policy = Policy(Fetch(certificate: Certificate(days: days))) }));

    [Fact]
    public void No_certificate_seen_is_unknown() =>
        Assert.Equal(
            [$"Unknown NotObservedYet {PolicyHost}"],
            Show(Check.CertificateLifetime, Expected, Healthy with { Policy = Policy(Fetch() with { Certificate = null }) }));

    private static PolicyFetch Rejected(ChainStatus chain, bool nameMatches = true) =>
        Fetch(FetchStatus.CertificateRejected, null, certificate: Certificate(chain, nameMatches));
}
