using System.Collections.Immutable;
using MtaSts.Core.Observations;
using static MtaSts.Core.Tests.Observations.World;

namespace MtaSts.Core.Tests.Observations;

public sealed class JudgeRecordTests
{
    private static readonly DnsReply Ours = Reply("", DnsStatus.Answered, $"v=STSv1; id={Current.Id};");
    private static readonly DnsReply Before = Reply("", DnsStatus.Answered, $"v=STSv1; id={Old.Id};");
    private static readonly DnsReply Foreign = Reply("", DnsStatus.Answered, "v=STSv1; id=20240101;");
    private static readonly DnsReply Broken = Reply("", DnsStatus.Answered, "v=STSv1; id=not-an-id;");
    private static readonly DnsReply Twice = Reply("", DnsStatus.Answered, $"v=STSv1; id={Current.Id};", "v=STSv1; id=20240101;");
    private static readonly DnsReply Siblings = Reply("", DnsStatus.Answered, "google-site-verification=1", $"v=STSv1; id={Current.Id};");
    private static readonly DnsReply OthersOnly = Reply("", DnsStatus.Answered, "v=spf1 -all");
    private static readonly DnsReply None = Reply("", DnsStatus.NoSuchName);
    private static readonly DnsReply Empty = Reply("", DnsStatus.NoData);
    private static readonly DnsReply Dead = Reply("", DnsStatus.TimedOut);
    private static readonly DnsReply Lame = Reply("", DnsStatus.Refused);
    private static readonly DnsReply NoRoute = Reply("", DnsStatus.NoRoute);

    public static TheoryData<string, bool, ImmutableArray<DnsReply>, string[]> Rows => new()
    {
        // why, whether there was a record before, [ns1, ns2, resolver], findings
        { "ours everywhere", true, [Ours, Ours, Ours], ["Healthy"] },
        { "other TXT records do not count", true, [Siblings, Ours, Ours], ["Healthy"] },
        { "one secondary lags", true, [Ours, Before, Ours], [$"Unknown RecordPropagating {Ns2}"] },
        { "the resolver caches", true, [Ours, Ours, Before], [$"Unknown RecordPropagating {Resolver}"] },
        { "the old one everywhere", true, [Before, Before, Before], [$"Unknown RecordPropagating {StsName}"] },
        { "first publication, a secondary lags", false, [Ours, None, Ours], [$"Unknown RecordPropagating {Ns2}"] },
        { "first publication, negative cache", false, [Ours, Ours, None], [$"Unknown RecordPropagating {Resolver}"] },
        { "negative cache later", true, [Ours, Ours, Empty], [$"Unknown RecordPropagating {Resolver}"] },
        { "lost at a secondary", true, [Ours, None, Ours], [$"Broken RecordMissing {Ns2}"] },
        { "none anywhere", false, [None, None, None], [$"Broken RecordMissing {StsName}"] },
        { "none anywhere, NODATA", true, [Empty, Empty, Empty], [$"Broken RecordMissing {StsName}"] },
        { "only records of others", true, [OthersOnly, OthersOnly, OthersOnly], [$"Broken RecordMissing {StsName}"] },
        { "gone, and cached at the resolver", true, [None, None, Ours], [$"Broken RecordMissing {Ns1}", $"Broken RecordMissing {Ns2}"] },
        { "two", true, [Twice, Twice, Twice], [$"Broken RecordDuplicate {StsName}"] },
        { "two at one", true, [Ours, Twice, Ours], [$"Broken RecordDuplicate {Ns2}"] },
        { "another id", true, [Foreign, Foreign, Foreign], [$"Broken RecordDiffers {StsName}"] },
        { "another id at one", true, [Ours, Foreign, Ours], [$"Broken RecordDiffers {Ns2}"] },
        { "an invalid record", true, [Broken, Ours, Ours], [$"Broken RecordDiffers {Ns1}"] },
        { "the old id where there was none before", false, [Ours, Before, Ours], [$"Broken RecordDiffers {Ns2}"] },
        { "a dead server", true, [Ours, Dead, Ours], [$"Unknown DnsLookupFailed {Ns2}"] },
        { "a lame server", true, [Ours, Lame, Ours], [$"Unknown DnsLookupFailed {Ns2}"] },
        { "all dead", true, [Dead, Dead, Dead], [$"Unknown DnsLookupFailed {Resolver}", $"Unknown DnsLookupFailed {Ns1}", $"Unknown DnsLookupFailed {Ns2}"] },
        { "broken goes before unknown", true, [Dead, Foreign, Ours], [$"Broken RecordDiffers {Ns2}", $"Unknown DnsLookupFailed {Ns1}"] },
        { "no route to one", true, [Ours, NoRoute, Ours], ["Healthy"] },
        { "no route to any authoritative server", true, [NoRoute, NoRoute, Ours], [$"Unknown DnsLookupFailed {StsName}"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_combination_of_answers_is_judged(string why, bool hadPrevious, ImmutableArray<DnsReply> replies, string[] expected)
    {
        var view = new DnsView(StsName, [replies[0] with { Server = Ns1 }, replies[1] with { Server = Ns2 }], [replies[2] with { Server = Resolver }]);
        var expectation = hadPrevious ? Expected : Expected with { Previous = null };
        Assert.Equal(expected, Show(Check.TxtRecord, expectation, Healthy with { StsTxt = view }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void Before_the_publication_nothing_is_expected() =>
        Assert.Equal([$"Unknown RecordNotPublishedYet {StsName}"], Show(Check.TxtRecord, Expected with { Published = null }, Healthy));

    [Fact]
    public void A_view_without_any_server_is_unknown() =>
        Assert.Equal([$"Unknown DnsLookupFailed {StsName}"], Show(Check.TxtRecord, Expected, Healthy with { StsTxt = new DnsView(StsName, [], []) }));

    [Theory]
    [InlineData("ours", new[] { "v=TLSRPTv1; rua=mailto:tls@example.com" }, "Healthy")]
    [InlineData("a final semicolon says the same", new[] { "v=TLSRPTv1; rua=mailto:tls@example.com;" }, "Healthy")]
    [InlineData("another address", new[] { "v=TLSRPTv1; rua=mailto:x@example.org" }, "Broken RecordDiffers _smtp._tls.example.com")]
    [InlineData("not valid", new[] { "v=TLSRPTv1; nothing" }, "Broken RecordDiffers _smtp._tls.example.com")]
    [InlineData("two", new[] { "v=TLSRPTv1; rua=mailto:tls@example.com", "v=TLSRPTv1; rua=mailto:x@example.org" }, "Broken RecordDuplicate _smtp._tls.example.com")]
    [InlineData("none of the kind", new[] { "v=spf1 -all" }, "Broken RecordMissing _smtp._tls.example.com")]
    public void The_TLSRPT_record_is_judged_by_what_it_says(string why, string[] records, string expected)
    {
        Assert.Equal([expected], Show(Check.TlsRptRecord, Expected, Healthy with { TlsRptTxt = Texts(TlsRptName, [.. records]) }));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void Where_no_TLSRPT_record_is_wanted_none_is_missed() =>
        Assert.Equal(["Healthy"], Show(Check.TlsRptRecord, Expected with { TlsRpt = null }, Healthy with { TlsRptTxt = new DnsView(TlsRptName, [], []) }));
}
