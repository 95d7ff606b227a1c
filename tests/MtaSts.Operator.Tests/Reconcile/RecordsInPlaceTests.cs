using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

public class RecordsInPlaceTests
{
    private const string StsName = "_mta-sts.example.com";
    private const string Host = "mta-sts.example.com";
    private const string Ours = "v=STSv1; id=1;";

    private static readonly OwnerIdentity Us = OwnerIdentity.Create("cluster-a", "team-a/p");

    private static readonly OwnedRecord Wanted = new(RecordSet.Of(StsName, RecordType.Txt, 300, Ours), RecordScope.StsTxt);

    // Each seen line is what one server says: "records / companions", several separated by "|"; SERVFAIL for no answer, "" for none.
    public static TheoryData<string, string, bool, string> Seen => new()
    {
        { Ours, "us", true, "as wanted" },
        { $"{Ours}|site-verification=1", "us", true, "a sibling is nobody's business" },
        { "v=STSv1; id=2;", "us", false, "another id" },
        { $"{Ours}|v=STSv1; id=2;", "us", false, "a second record makes senders ignore both" },
        { "", "us", false, "missing" },
        { Ours, "", false, "unmarked: the planner has to say whose it is" },
        { Ours, "stranger", false, "somebody else's mark" },
        { Ours, "sibling", false, "marked for another resource of ours" },
        { Ours, "other type", false, "the mark is for another type" },
        { Ours, "SERVFAIL", false, "what cannot be seen is not in place" },
        { "SERVFAIL", "us", false, "what cannot be seen is not in place" },
    };

    public static TheoryData<string, string, bool, string> SeenOfUnwanted => new()
    {
        { "", "", true, "nothing there" },
        { "site-verification=1", "", true, "only siblings are left" },
        { "site-verification=1", "us", false, "a mark whose record is gone, as a batch that was cut off leaves it" },
        { Ours, "us", false, "ours has to go" },
        { Ours, "", true, "not marked: not ours to remove" },
        { Ours, "stranger", true, "somebody else's" },
        { Ours, "sibling", true, "another resource's of ours" },
        { "SERVFAIL", "us", false, "what cannot be seen is not in place" },
    };

    [Theory]
    [MemberData(nameof(Seen))]
    public void A_wanted_record_is_in_place_only_as_value_and_mark(string records, string marks, bool inPlace, string why) =>
        Assert.True(inPlace == IsInPlace(Wanted, [records], [marks]), why);

    [Theory]
    [MemberData(nameof(SeenOfUnwanted))]
    public void An_unwanted_record_is_in_place_when_nothing_of_ours_is_there(string records, string marks, bool inPlace, string why) =>
        Assert.True(inPlace == IsInPlace(Wanted.Removed(), [records], [marks]), why);

    [Theory]
    [InlineData(Ours, "v=STSv1; id=2;", "us", "us", false)]
    [InlineData(Ours, "", "us", "us", false)]
    [InlineData(Ours, "SERVFAIL", "us", "us", false)]
    [InlineData(Ours, Ours, "us", "", false)]
    [InlineData(Ours, Ours, "us", "SERVFAIL", false)]
    [InlineData(Ours, Ours, "us", "us", true)]
    public void Every_authoritative_server_has_to_have_it(string first, string second, string firstMark, string secondMark, bool inPlace) =>
        Assert.Equal(inPlace, IsInPlace(Wanted, [first, second], [firstMark, secondMark]));

    [Fact]
    public void An_unwanted_record_that_one_server_still_has_is_not_in_place() => Assert.False(IsInPlace(Wanted.Removed(), ["", Ours], ["us", "us"]));

    public static TheoryData<string, string, bool, string> SeenByHand => new()
    {
        { Ours, Ours, true, "no mark is asked for" },
        { Ours, "", false, "nothing there" },
        { Ours, "v=STSv1; id=2;", false, "an older one" },
        { Ours, "SERVFAIL", false, "what cannot be seen is not in place" },
        { "", "", true, "gone" },
        { "", "site-verification=1", true, "only siblings are left" },
        { "", Ours, false, "still there" },
    };

    [Theory]
    [MemberData(nameof(SeenByHand))]
    public void What_is_written_by_hand_is_in_place_by_its_value_alone(string wanted, string records, bool inPlace, string why) => Assert.True(
        inPlace == RecordsInPlace.Missing([wanted.Length > 0 ? Wanted : Wanted.Removed()], Observe((Wanted.Key, [Reply(records)])), owner: null).IsEmpty, why);

    [Fact]
    public void By_hand_the_text_may_be_behind_an_alias() =>
        Assert.Empty(RecordsInPlace.Missing([Wanted], Observe((Wanted.Key, [Reply([Ours], "txt.example.net")])), owner: null));

    [Fact]
    public void By_hand_nobody_is_asked_to_remove_a_report_record()
    {
        var record = new OwnedRecord(RecordSet.Of("_smtp._tls.example.com", RecordType.Txt, 300), RecordScope.TlsRptTxt);
        Assert.Empty(RecordsInPlace.Missing([record], Observe((record.Key, [Reply(["v=TLSRPTv1; rua=mailto:a@example.com"])])), owner: null));
    }

    [Fact]
    public void A_server_without_a_route_from_here_says_nothing()
    {
        var observed = Observe((Wanted.Key, [Reply([Ours]), NoRoute]), (OwnerRecord.KeyFor(StsName), [Reply([MarkOf("us", RecordType.Txt)]), NoRoute]));

        Assert.Empty(RecordsInPlace.Missing([Wanted], observed, Us));
    }

    [Fact]
    public void A_name_that_no_server_could_be_asked_for_is_not_in_place()
    {
        var observed = Observe((Wanted.Key, [NoRoute]), (OwnerRecord.KeyFor(StsName), [NoRoute]));

        Assert.Equal([Wanted], RecordsInPlace.Missing([Wanted], observed, Us));
    }

    [Fact]
    public void A_name_that_was_not_asked_for_is_not_in_place() =>
        Assert.Equal([Wanted], RecordsInPlace.Missing([Wanted], Observe(), Us));

    [Fact]
    public void The_same_text_behind_an_alias_is_somebody_elses() =>
        Assert.Equal(
            [Wanted],
            RecordsInPlace.Missing(
                [Wanted], Observe((Wanted.Key, [Reply([Ours], "txt.example.net")]), (OwnerRecord.KeyFor(StsName), [Reply([MarkOf("us", RecordType.Txt)])])), Us));

    [Theory]
    [InlineData("ingress.example.net", true)]
    [InlineData("other.example.net", false)]
    [InlineData(null, false)]
    public void Of_an_alias_the_first_target_is_the_record(string? target, bool inPlace)
    {
        var alias = new OwnedRecord(RecordSet.Of(Host, RecordType.Cname, 300, "ingress.example.net"), RecordScope.WholeSet);
        var reply = target is null ? Reply([]) : Reply([], target, "edge.example.org");
        var observed = Observe((alias.Key, [reply]), (OwnerRecord.KeyFor(Host), [Reply([MarkOf("us", RecordType.Cname)])]));

        Assert.Equal(inPlace, RecordsInPlace.Missing([alias], observed, Us).IsEmpty);
    }

    [Fact]
    public void Addresses_behind_an_alias_are_not_the_names_own_addresses()
    {
        var none = new OwnedRecord(RecordSet.Of(Host, RecordType.A, 300), RecordScope.WholeSet);
        var some = new OwnedRecord(RecordSet.Of(Host, RecordType.A, 300, "192.0.2.1"), RecordScope.WholeSet);
        Observed Marked(RecordType type) =>
            Observe((none.Key, [Reply(["192.0.2.1"], "ingress.example.net")]), (OwnerRecord.KeyFor(Host), [Reply([MarkOf("us", type)])]));

        Assert.Empty(RecordsInPlace.Missing([none], Marked(RecordType.Cname), Us));
        Assert.Equal([some], RecordsInPlace.Missing([some], Marked(RecordType.A), Us));
    }

    [Fact]
    public void Each_address_has_to_be_there_and_no_other()
    {
        var two = new OwnedRecord(RecordSet.Of(Host, RecordType.A, 300, "192.0.2.1", "192.0.2.2"), RecordScope.WholeSet);
        Observed Seeing(params ImmutableArray<string> addresses) =>
            Observe((two.Key, [Reply(addresses)]), (OwnerRecord.KeyFor(Host), [Reply([MarkOf("us", RecordType.A)])]));

        Assert.Empty(RecordsInPlace.Missing([two], Seeing("192.0.2.2", "192.0.2.1"), Us));
        Assert.NotEmpty(RecordsInPlace.Missing([two], Seeing("192.0.2.1"), Us));
        Assert.NotEmpty(RecordsInPlace.Missing([two], Seeing("192.0.2.1", "192.0.2.2", "192.0.2.3"), Us));
    }

    private static DnsReply NoRoute => new("ns (2001:db8::53)", DnsStatus.NoRoute, [], []);

    private static bool IsInPlace(OwnedRecord record, string[] records, string[] marks) =>
        RecordsInPlace.Missing([record], Observe((record.Key, [.. records.Select(r => Reply(r))]), (OwnerRecord.KeyFor(record.Key.Name), [.. marks.Select(Mark)])), Us)
            .IsEmpty;

    private static DnsReply Mark(string whose) => whose is "" or "SERVFAIL" ? Reply(whose) : Reply([MarkOf(whose, RecordType.Txt)]);

    private static string MarkOf(string whose, RecordType type) => whose switch
    {
        "us" => new OwnerRecord(type, Us).ToString(),
        "sibling" => new OwnerRecord(type, OwnerIdentity.Create("cluster-a", "team-b/q")).ToString(),
        "stranger" => new OwnerRecord(type, OwnerIdentity.Create("cluster-b", "team-a/p")).ToString(),
        _ => new OwnerRecord(RecordType.A, Us).ToString(),
    };

    private static DnsReply Reply(string said) => said == "SERVFAIL"
        ? new DnsReply("ns", DnsStatus.ServerFailure, [], [])
        : Reply([.. said.Split('|', StringSplitOptions.RemoveEmptyEntries)]);

    private static DnsReply Reply(ImmutableArray<string> records, params ImmutableArray<string> aliases) =>
        new("ns", records.IsEmpty ? DnsStatus.NoData : DnsStatus.Answered, records, aliases);

    private static Observed Observe(params IEnumerable<(RecordKey Key, ImmutableArray<DnsReply> Replies)> records) => new()
    {
        At = Passes.Now,
        Policy = new PolicyView(Host, [], []),
        StsTxt = new DnsView(StsName, [], []),
        TlsRptTxt = new DnsView("_smtp._tls.example.com", [], []),
        Mx = new MxView(new DnsView("example.com", [], []), [], false, false),
        Records = records.ToImmutableDictionary(r => r.Key, r => new DnsView(r.Key.Name, r.Replies, [])),
    };
}
