using System.Collections.Immutable;
using MtaSts.Core.Observations;
using static MtaSts.Core.Tests.Observations.World;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgeMxTests
{
    private const string Mx1 = "mx1.example.com";

    public static TheoryData<string, MxView, string[]> Coverage => new()
    {
        { "covered by name", Mx(Host(Mx1)), ["Healthy"] },
        { "covered by wildcard", Mx(Host("a.mail.example.net")), ["Healthy"] },
        { "a wildcard covers one label", Mx(Host("a.b.mail.example.net")), ["Broken MxNotCovered a.b.mail.example.net"] },
        { "two uncovered, by name", Mx(Host("z.example.org"), Host(Mx1), Host("a.example.org")), ["Broken MxNotCovered a.example.org", "Broken MxNotCovered z.example.org"] },
        { "null MX", Mx() with { Lookup = Lookup("0 "), IsNullMx = true }, ["Broken MxNull example.com"] },
        { "no MX, no address", Mx(), ["Broken MxMissing example.com"] },
        { "lookup failed", Mx() with { Lookup = Failing() }, [$"Unknown DnsLookupFailed {Resolver}", $"Unknown DnsLookupFailed {Ns1}"] },
        { "one failed, all known covered", Mx(Host(Mx1)) with { Lookup = Half($"10 {Mx1}") }, [$"Unknown DnsLookupFailed {Resolver}"] },
        { "one failed, one uncovered", Mx(Host("x.example.org")) with { Lookup = Half("10 x.example.org") }, ["Broken MxNotCovered x.example.org", $"Unknown DnsLookupFailed {Resolver}"] },
        { "the domain as its own MX", Mx(Host("example.com")) with { Lookup = Lookup() }, ["Broken MxNotCovered example.com"] },
        { "the domain as its own MX, address unknown", Mx(new MxHost("example.com", 0, [Reply(Resolver, DnsStatus.TimedOut)], [])) with { Lookup = Lookup() }, ["Unknown DnsLookupFailed example.com"] },
        { "nobody asked", Mx() with { Lookup = new DnsView("example.com", [], []) }, ["Unknown DnsLookupFailed example.com"] },
    };

    [Theory]
    [MemberData(nameof(Coverage))]
    public void Each_MX_must_match_a_pattern(string why, MxView view, string[] expected)
    {
        Assert.Equal(expected, Show(Check.MxCoverage, Expected, Healthy with { Mx = view }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_told_and_harms_nothing()
    {
        var finding = Judge.All(Expected, Healthy, Now).Single(r => r.Check == Check.MxCoverage).Finding;
        Assert.Contains("*.mail.example.net", Assert.IsType<Finding.Healthy>(finding).Note, StringComparison.Ordinal);
    }

    public static TheoryData<string, SmtpProbe, string> Probes => new()
    {
        { "TLS", Smtp(Mx1), "Healthy" },
        { "no STARTTLS", Smtp(Mx1, SmtpStatus.StartTlsNotOffered), $"Broken StartTlsNotOffered {Mx1}" },
        { "STARTTLS refused", Smtp(Mx1, SmtpStatus.StartTlsRefused), $"Broken StartTlsRefused {Mx1}" },
        { "TLS failed", Smtp(Mx1, SmtpStatus.TlsFailed), $"Broken MxTlsFailed {Mx1}" },
        { "unreachable", Smtp(Mx1, SmtpStatus.Unreachable), $"Broken MxUnreachable {Mx1}" },
        { "timed out", Smtp(Mx1, SmtpStatus.TimedOut), $"Broken MxTimedOut {Mx1}" },
        { "garbage", Smtp(Mx1, SmtpStatus.Malformed), $"Broken MxMalformed {Mx1}" },
        { "greylisted", Smtp(Mx1, SmtpStatus.Rejected), $"Unknown MxRejected {Mx1}" },
        { "private address", Smtp(Mx1, SmtpStatus.AddressRefused), $"Unknown AddressRefused {Mx1}" },
        { "no route", Smtp(Mx1, SmtpStatus.NoRoute), $"Unknown EgressBlocked {Mx1}" },
        { "untrusted", Tls(ChainStatus.Untrusted), $"Broken CertificateUntrusted {Mx1}" },
        { "expired", Tls(ChainStatus.Expired), $"Broken CertificateExpired {Mx1}" },
        { "not valid yet", Tls(ChainStatus.NotYetValid), $"Broken CertificateNotYetValid {Mx1}" },
        { "rejected", Tls(ChainStatus.Rejected), $"Broken CertificateRejected {Mx1}" },
        { "wrong name", Tls(ChainStatus.Trusted, false), $"Broken CertificateNameMismatch {Mx1}" },
        { "no certificate", Smtp(Mx1) with { Certificate = null }, $"Broken MxTlsFailed {Mx1}" },
    };

    [Theory]
    [MemberData(nameof(Probes))]
    public void Each_probe_is_judged(string why, SmtpProbe probe, string expected)
    {
        Assert.Equal([expected], Show(Check.MxTls, Expected, Healthy with { Mx = Mx(Host(Mx1, probe)) }));
        Assert.NotEmpty(why);
    }

    [Theory]
    [InlineData(SmtpStatus.Unreachable, "Unknown EgressBlocked mx1.example.com")]
    [InlineData(SmtpStatus.TimedOut, "Unknown EgressBlocked mx1.example.com")]
    [InlineData(SmtpStatus.TlsFailed, "Broken MxTlsFailed mx1.example.com")]
    public void A_blocked_way_out_excuses_only_missing_connections(SmtpStatus status, string expected) =>
        Assert.Equal([expected], Show(Check.MxTls, Expected, Healthy with { Mx = Mx(Host(Mx1, Smtp(Mx1, status))) with { EgressBlocked = true } }));

    [Fact]
    public void One_bad_address_of_a_host_is_named() =>
        Assert.Equal(
            [$"Broken MxTimedOut {Mx1} (2001:db8::25)"],
            Show(Check.MxTls, Expected, Healthy with { Mx = Mx(Host(Mx1, Smtp(Mx1), Smtp(Mx1, SmtpStatus.TimedOut, address: "2001:db8::25"))) }));

    [Fact]
    public void The_bad_one_of_two_hosts_is_named() =>
        Assert.Equal(
            ["Broken CertificateNameMismatch mx2.example.com"],
            Show(Check.MxTls, Expected, Healthy with
            {
                Mx = Mx(Host(Mx1, Smtp(Mx1)), Host("mx2.example.com", Smtp("mx2.example.com", certificate: Certificate(nameMatches: false)))),
            }));

    public static TheoryData<string, MxView, string> NoProbes => new()
    {
        { "no host, lookup failed", Mx() with { Lookup = Failing() }, "Unknown DnsLookupFailed example.com" },
        { "no host at all", Mx(), "Unknown MxMissing example.com" },
        { "null MX", Mx() with { IsNullMx = true }, "Unknown MxNull example.com" },
        { "not probed", Mx(Host(Mx1)), $"Unknown NotObservedYet {Mx1}" },
        { "no address, for certain", Mx(new MxHost(Mx1, 10, [Reply(Resolver, DnsStatus.NoSuchName), Reply(Resolver, DnsStatus.NoData)], [])), $"Broken MxHostNoAddress {Mx1}" },
        { "address question failed", Mx(new MxHost(Mx1, 10, [Reply(Resolver, DnsStatus.TimedOut), Reply(Resolver, DnsStatus.NoData)], [])), $"Unknown DnsLookupFailed {Mx1}" },
    };

    [Theory]
    [MemberData(nameof(NoProbes))]
    public void Without_a_probe_the_cause_is_told(string why, MxView view, string expected)
    {
        Assert.Equal([expected], Show(Check.MxTls, Expected, Healthy with { Mx = view }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void At_most_eight_findings_a_check_are_told()
    {
        ImmutableArray<MxHost> hosts = [.. Enumerable.Range(0, 20).Select(i => Host($"mx{i:00}.example.org"))];
        var shown = Show(Check.MxCoverage, Expected, Healthy with { Mx = Mx(hosts) });
        Assert.Equal(8, shown.Count);
        Assert.Equal("Broken MxNotCovered mx00.example.org", shown[0]);
    }

    [Fact]
    public void A_subject_and_reason_is_told_once()
    {
        var view = Mx() with { Lookup = new DnsView("example.com", [Reply(Resolver, DnsStatus.TimedOut)], [Reply(Resolver, DnsStatus.ServerFailure)]) };
        Assert.Equal([$"Unknown DnsLookupFailed {Resolver}"], Show(Check.MxCoverage, Expected, Healthy with { Mx = view }));
    }

    private static SmtpProbe Tls(ChainStatus chain, bool nameMatches = true) => Smtp(Mx1, certificate: Certificate(chain, nameMatches));

    private static DnsView Failing() => new("example.com", [Reply(Ns1, DnsStatus.TimedOut)], [Reply(Resolver, DnsStatus.ServerFailure)]);

    private static DnsView Half(string record) => new("example.com", [Reply(Ns1, DnsStatus.Answered, record)], [Reply(Resolver, DnsStatus.TimedOut)]);
}
