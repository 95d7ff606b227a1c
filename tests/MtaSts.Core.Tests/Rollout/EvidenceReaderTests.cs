using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Tests.Observations;

namespace MtaSts.Core.Tests.Rollout;

public class EvidenceReaderTests
{
    private const string Record = "v=STSv1; id=1;";

    private static readonly string[] Companions = ["us", "other resource", "stranger", "us|stranger", "", "NXDOMAIN", "SERVFAIL", "garbage", "other type"];

    // A server says: records between "|", "" for NODATA, or a status by its name in the DNS.
    [Theory]
    [InlineData("", "", LiveOwner.None, "both say that there is none")]
    [InlineData("", "NXDOMAIN", LiveOwner.None, "both say that there is none")]
    [InlineData("site-verification=1", "", LiveOwner.None, "no STS record among the siblings")]
    [InlineData("", "SERVFAIL", LiveOwner.Unknown, "the second may have one")]
    [InlineData("SERVFAIL", "SERVFAIL", LiveOwner.Unknown, "nobody says anything")]
    [InlineData("", "NOROUTE", LiveOwner.None, "a server that cannot be asked from here says nothing")]
    [InlineData("NOROUTE", "NOROUTE", LiveOwner.Unknown, "nobody could be asked")]
    public void Without_a_record_the_owner_is_nobody_only_if_every_server_says_so(string first, string second, LiveOwner owner, string why) =>
        Assert.True(owner == OwnerOf([first, second], ["us", "us"]), why);

    [Theory]
    [InlineData("us", "us", LiveOwner.Us, "marked as ours")]
    [InlineData("other resource", "other resource", LiveOwner.Us, "marked by this installation, for whichever resource")]
    [InlineData("us", "", LiveOwner.Us, "the mark is on its way")]
    [InlineData("us", "SERVFAIL", LiveOwner.Us, "seen once is enough")]
    [InlineData("us", "NOROUTE", LiveOwner.Us, "one server could be asked")]
    [InlineData("stranger", "stranger", LiveOwner.OtherInstallation, "marked as another installation's")]
    [InlineData("us", "stranger", LiveOwner.OtherInstallation, "two owners: not ours alone")]
    [InlineData("us|stranger", "us|stranger", LiveOwner.OtherInstallation, "two owners: not ours alone")]
    [InlineData("stranger", "SERVFAIL", LiveOwner.OtherInstallation, "seen once is enough")]
    [InlineData("", "", LiveOwner.Other, "no mark")]
    [InlineData("", "NXDOMAIN", LiveOwner.Other, "no mark")]
    [InlineData("", "NOROUTE", LiveOwner.Other, "no mark at the one that could be asked")]
    [InlineData("garbage", "garbage", LiveOwner.Other, "no mark that can be read")]
    [InlineData("other type", "other type", LiveOwner.Other, "a mark for another type")]
    [InlineData("", "SERVFAIL", LiveOwner.Unknown, "the second may have the mark")]
    [InlineData("SERVFAIL", "SERVFAIL", LiveOwner.Unknown, "nobody says anything")]
    public void With_a_record_its_companion_says_whose_it_is(string first, string second, LiveOwner owner, string why) =>
        Assert.True(owner == OwnerOf([Record, Record], [first, second]), why);

    [Fact]
    public void The_order_of_the_servers_does_not_matter()
    {
        string[] records = [Record, "v=STSv1; id=2;", $"{Record}|v=STSv1; id=2;", "", "NXDOMAIN", "SERVFAIL", "NOROUTE", "site-verification=1"];
        foreach (var (r1, r2, c1, c2) in from r1 in records from r2 in records from c1 in Companions from c2 in Companions select (r1, r2, c1, c2))
        {
            Assert.Equal(OwnerOf([r1, r2], [c1, c2]), OwnerOf([r2, r1], [c2, c1]));
        }
    }

    // Promise 5, and none of the gates would see it: a wrong Us takes somebody else's record over.
    [Fact]
    public void A_record_is_ours_only_where_a_server_shows_our_mark_and_none_shows_another()
    {
        string[] records = [Record, "v=STSv1; id=2;", "", "SERVFAIL"];
        foreach (var (r1, r2, c1, c2) in from r1 in records from r2 in records from c1 in Companions from c2 in Companions select (r1, r2, c1, c2))
        {
            var marks = $"{c1}|{c2}".Split('|');
            var ours = marks.Any(m => m is "us" or "other resource") && !marks.Contains("stranger");
            Assert.Equal(ours && $"{r1}{r2}".Contains("v=STSv1", StringComparison.Ordinal), OwnerOf([r1, r2], [c1, c2]) == LiveOwner.Us);
        }
    }

    [Fact]
    public void A_companion_that_was_not_asked_for_leaves_the_owner_unknown() =>
        Assert.Equal(LiveOwner.Unknown, Read(World.Healthy with { StsTxt = View([Record]) }).Owner);

    [Theory]
    [InlineData("v=STSv1; id=abc;", "v=STSv1; id=abc;", "abc")]
    [InlineData("v=STSv1; id=abc;", "", "abc")]
    [InlineData("v=STSv1; id=abc;|site-verification=1", "", "abc")]
    [InlineData("v=STSv1; id=abc;", "v=STSv1; id=def;", null)]
    [InlineData("v=STSv1; id=abc;|v=STSv1; id=def;", "", null)]
    [InlineData("v=STSv1; id=;", "v=STSv1; id=;", null)]
    [InlineData("", "", null)]
    [InlineData("SERVFAIL", "SERVFAIL", null)]
    public void The_live_id_is_that_of_the_one_valid_record(string first, string second, string? id) =>
        Assert.Equal(id, Read(World.Healthy with { StsTxt = View([first, second]) }).LiveId?.ToString());

    [Fact]
    public void What_a_record_says_is_shown_in_one_short_line()
    {
        Assert.Equal("v=STSv1; id=1;\", \"v=STSv1; id=2;", Read(World.Healthy with { StsTxt = View(["v=STSv1; id=2;|v=STSv1; id=1;"]) }).LiveRecord);
        Assert.InRange(Read(World.Healthy with { StsTxt = View(["v=STSv1; id=" + new string('x', 4000)]) }).LiveRecord.Length, 1, 130);
        Assert.Equal("", Read(World.Healthy with { StsTxt = View(["site-verification=1"]) }).LiveRecord);
    }

    [Theory]
    [InlineData("10 mx1.example.com", "10 mx1.example.com", true)]
    [InlineData("10 mx1.example.com", "", true)]
    [InlineData("", "NXDOMAIN", true)]
    [InlineData("10 mx1.example.com", "NOROUTE", true)]
    [InlineData("10 mx1.example.com", "SERVFAIL", false)]
    [InlineData("SERVFAIL", "10 mx1.example.com", false)]
    [InlineData("NOROUTE", "NOROUTE", false)]
    public void The_live_mx_are_known_only_when_every_server_that_can_be_asked_says_which(string first, string second, bool known)
    {
        var lookup = new DnsView("example.com", [.. new[] { first, second }.Select(Reply)], []);

        Assert.Equal(known, Read(World.Healthy with { Mx = World.Healthy.Mx with { Lookup = lookup } }).LiveMxKnown);
    }

    [Theory]
    [InlineData("10 mx1.example.com", true)]
    [InlineData("SERVFAIL", false)]
    public void A_resolver_that_fails_leaves_the_live_mx_unknown(string resolver, bool known)
    {
        var lookup = new DnsView("example.com", [Reply("10 mx1.example.com")], [Reply(resolver)]);

        Assert.Equal(known, Read(World.Healthy with { Mx = World.Healthy.Mx with { Lookup = lookup } }).LiveMxKnown);
    }

    [Fact]
    public void Every_mx_that_any_server_names_is_live()
    {
        var mx = World.Mx(World.Host("mx1.example.com", World.Smtp("mx1.example.com")), World.Host("mx2.example.com", World.Smtp("mx2.example.com")));

        Assert.Equal(["mx1.example.com", "mx2.example.com"], Read(World.Healthy with { Mx = mx }).LiveMx);
    }

    [Fact]
    public void The_live_policy_is_the_one_that_is_fetched() => Assert.Equal(World.Current.Policy.Mode, Read(World.Healthy).LivePolicy!.Mode);

    [Fact]
    public void While_a_document_replaces_another_the_other_is_still_on_its_way_out()
    {
        var intent = Scene.Intent();
        var published = Scene.PublishedIn(intent, "testing", Scene.Start);
        var state = published with { Served = Decider.DocumentOf(intent, intent.Stages[1]) };
        var old = World.Healthy with { Policy = World.Policy(World.Fetch(body: published.Served!.Text)) };

        var evidence = EvidenceReader.Read(intent, state, old, "cluster-a", Scene.Start, World.Now);

        Assert.Equal(Reason.PolicyPropagating, Assert.IsType<Finding.Unknown>(evidence.Of(Check.PolicyServed)).Reason);
    }

    [Fact]
    public void The_report_record_is_expected_from_the_first_publication_on()
    {
        var intent = Scene.Intent() with { TlsReporting = World.Rua };
        var published = Scene.PublishedIn(intent, "testing", Scene.Start);
        var without = World.Healthy with { TlsRptTxt = new DnsView(World.TlsRptName, [Reply("")], [Reply("")]) };

        Assert.IsType<Finding.Healthy>(EvidenceReader.Read(intent, published with { PublishedId = null }, without, "cluster-a", Scene.Start, World.Now).Of(Check.TlsRptRecord));
        Assert.IsType<Finding.Broken>(EvidenceReader.Read(intent, published, without, "cluster-a", Scene.Start, World.Now).Of(Check.TlsRptRecord));
    }

    [Theory]
    [InlineData("v=STSv1; id=1;", LiveOwner.Us)]
    [InlineData("", LiveOwner.None)]
    [InlineData("SERVFAIL", LiveOwner.Unknown)]
    public void What_is_written_by_hand_is_the_owners_own_without_a_mark(string record, LiveOwner owner) => Assert.Equal(
        owner, EvidenceReader.Read(Scene.Intent(), RolloutState.Empty, World.Healthy with { StsTxt = View([record]) }, null, Scene.Start, World.Now).Owner);

    private static readonly Delegation Sts = Delegation.Parse("sts.platform.example");

    // What the name shows and by which CNAME, what is at its place, and which mark is there. The mark stands for the record at the place and for no other.
    [Theory]
    [InlineData("v=STSv1; id=1;", "right", "v=STSv1; id=1;", "us", LiveOwner.Us, "1", "ours by the right CNAME")]
    [InlineData("v=STSv1; id=1;", "right", "v=STSv1; id=1;", "stranger", LiveOwner.OtherInstallation, "1", "another installation writes there")]
    [InlineData("v=STSv1; id=1;", "right", "v=STSv1; id=1;", "", LiveOwner.Other, "1", "nobody's mark")]
    [InlineData("v=STSv1; id=2;", "other", "v=STSv1; id=1;", "us", LiveOwner.Other, "2", "another domain's, whatever is at our place")]
    [InlineData("v=STSv1; id=2;", "", "v=STSv1; id=1;", "us", LiveOwner.Other, "2", "a record at the name itself")]
    [InlineData("v=STSv1; id=2;", "other", "", "", LiveOwner.Other, "2", "another domain's, and nothing at our place")]
    [InlineData("", "", "v=STSv1; id=1;", "us", LiveOwner.Us, "1", "the CNAME was taken away, our record is still there")]
    [InlineData("", "other", "v=STSv1; id=1;", "us", LiveOwner.Us, "1", "the CNAME leads to nothing, our record is still there")]
    [InlineData("", "", "", "", LiveOwner.None, null, "nothing anywhere")]
    [InlineData("SERVFAIL", "", "v=STSv1; id=1;", "us", LiveOwner.Unknown, null, "the name may have anything")]
    [InlineData("", "", "SERVFAIL", "", LiveOwner.Unknown, null, "the place may have ours")]
    public void With_a_delegation_a_record_is_ours_only_at_its_place(
        string atName, string by, string atPlace, string mark, LiveOwner owner, string? id, string why)
    {
        var place = Sts.PlaceOf(World.StsName);
        var reply = Reply(atName) with { Aliases = by switch { "right" => [place], "other" => [Sts.PlaceOf("_mta-sts.example.org")], _ => [] } };
        var evidence = EvidenceReader.Read(
            Scene.Intent() with { Delegation = Sts }, RolloutState.Empty, World.Healthy with
            {
                StsTxt = new DnsView(World.StsName, [reply], []),
                Records = new[] { (new RecordKey(place, RecordType.Txt), Reply(atPlace)), (OwnerRecord.KeyFor(place), Companion(mark)) }
                    .ToImmutableDictionary(r => r.Item1, r => new DnsView(r.Item1.Name, [r.Item2], [])),
            },
            "cluster-a", Scene.Start, World.Now);

        Assert.True((owner, id) == (evidence.Owner, evidence.LiveId?.ToString()), $"{why}: {evidence.Owner} {evidence.LiveId}");
    }

    // A resolver keeps a CNAME and the record behind it each for its own time.
    [Fact]
    public void With_a_delegation_the_TTL_is_that_of_the_record_and_not_of_the_CNAME()
    {
        var place = Sts.PlaceOf(World.StsName);
        var short5 = World.Reply(World.Ns1, DnsStatus.Answered, Record) with { Aliases = [place], TtlSeconds = 5 };
        var evidence = EvidenceReader.Read(
            Scene.Intent() with { Delegation = Sts }, RolloutState.Empty, World.Healthy with
            {
                StsTxt = new DnsView(World.StsName, [short5], []),
                Records = World.Healthy.Records.Add(new RecordKey(place, RecordType.Txt), new DnsView(place, [short5 with { Aliases = [], TtlSeconds = 300 }], [])),
            },
            "cluster-a", Scene.Start, World.Now);

        Assert.Equal(300, evidence.LiveTtlSeconds);
    }

    private static LiveOwner OwnerOf(string[] records, string[] companions)
    {
        var name = OwnerRecord.KeyFor(World.StsName);
        var observed = World.Healthy with
        {
            StsTxt = View(records),
            Records = ImmutableDictionary<RecordKey, DnsView>.Empty.Add(name, new DnsView(name.Name, [.. companions.Select(Companion)], [])),
        };
        return Read(observed).Owner;
    }

    private static Evidence Read(Observed observed) =>
        EvidenceReader.Read(Scene.Intent(), RolloutState.Empty, observed, "cluster-a", Scene.Start, World.Now);

    private static DnsView View(string[] servers) => new(World.StsName, [.. servers.Select(Reply)], []);

    private static DnsReply Companion(string said) => said is "" or "NXDOMAIN" or "SERVFAIL" or "NOROUTE"
        ? Reply(said)
        : World.Reply(World.Ns1, DnsStatus.Answered, [.. said.Split('|').Select(Mark)]);

    private static string Mark(string whose) => whose switch
    {
        "us" => new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("cluster-a", "team-a/p")).ToString(),
        "other resource" => new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("cluster-a", "team-b/q")).ToString(),
        "stranger" => new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("cluster-b", "team-a/p")).ToString(),
        "other type" => new OwnerRecord(RecordType.A, OwnerIdentity.Create("cluster-a", "team-a/p")).ToString(),
        _ => "heritage=mta-sts-operator,owner=cluster-a",
    };

    private static DnsReply Reply(string said) => said switch
    {
        "" => World.Reply(World.Ns1, DnsStatus.NoData),
        "NXDOMAIN" => World.Reply(World.Ns1, DnsStatus.NoSuchName),
        "SERVFAIL" => World.Reply(World.Ns1, DnsStatus.ServerFailure),
        "NOROUTE" => World.Reply(World.Ns1, DnsStatus.NoRoute),
        _ => World.Reply(World.Ns1, DnsStatus.Answered, [.. said.Split('|')]),
    };
}
