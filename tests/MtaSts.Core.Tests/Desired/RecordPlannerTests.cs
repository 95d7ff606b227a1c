using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Desired;

public sealed class RecordPlannerTests
{
    private const string Name = "_mta-sts.example.com";
    private const string Host = "mta-sts.example.com";
    private const string Id1 = "v=STSv1; id=1;";
    private const string Id2 = "v=STSv1; id=2;";
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private static readonly OwnerIdentity Them = OwnerIdentity.Create("them", "team/example");

    [Fact]
    public void A_new_record_comes_with_its_mark_and_the_mark_is_first()
    {
        var plan = Plan([Sts(Id1)], []);
        Assert.IsType<RecordVerdict.Changes>(Assert.Single(plan.Verdicts));
        var changes = Assert.Single(plan.Batches).Changes;
        Assert.Equal([OwnerRecord.KeyFor(Name), new RecordKey(Name, RecordType.Txt)], changes.Select(c => c.Key));
        Assert.All(changes, c => Assert.Empty(c.Expected));
        Assert.Equal([Id1], changes[1].Add);
    }

    [Fact]
    public void A_settled_record_plans_nothing()
    {
        var plan = Plan([Sts(Id1)], [Txt(Name, Id1), Marks(Name, (RecordType.Txt, Us))]);
        Assert.IsType<RecordVerdict.InPlace>(Assert.Single(plan.Verdicts));
        Assert.Empty(plan.Batches);
    }

    [Fact]
    public void A_new_id_replaces_ours_and_leaves_siblings_and_their_ttl()
    {
        var plan = Plan([Sts(Id2)], [Txt(Name, Id1, "hello", "v=STSv10; id=9;", "V=STSv1; id=8;") with { TtlSeconds = 77 }, Marks(Name, (RecordType.Txt, Us))]);
        var change = Assert.Single(Assert.Single(plan.Batches).Changes);
        Assert.Equal([Id1], change.Remove);
        Assert.Equal([Id2], change.Add);
        Assert.Equal(77, change.TtlSeconds);
        Assert.Equal(4, change.Expected.Count);
    }

    [Fact]
    public void A_record_of_nobody_is_refused_and_shown()
    {
        var refused = Refusal(Plan([Sts(Id2)], [Txt(Name, Id1)]));
        Assert.Equal(Reason.RecordNotOwned, refused.Reason);
        Assert.Contains(Id1, refused.Message, StringComparison.Ordinal);
        Assert.Contains("adoption: Adopt", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_value_without_a_mark_is_not_ours_either() =>
        Assert.Contains("the very value", Refusal(Plan([Sts(Id1)], [Txt(Name, Id1)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_record_of_nobody_is_taken_over_where_adopted()
    {
        var changes = Assert.Single(Plan([Sts(Id2)], [Txt(Name, Id1, "hello")], Adoption.Adopt).Batches).Changes;
        Assert.Equal([OwnerRecord.KeyFor(Name), new RecordKey(Name, RecordType.Txt)], changes.Select(c => c.Key));
        Assert.Equal([Id2, "hello"], changes[1].Result.Order(StringComparer.Ordinal).OrderByDescending(v => v[0] == 'v'));
    }

    [Theory]
    [InlineData(Adoption.Refuse)]
    [InlineData(Adoption.Adopt)]
    public void A_record_of_another_owner_is_never_taken_over(Adoption adoption)
    {
        foreach (var value in new string[][] { [Id1], [] })
        {
            var plan = Plan([Sts(Id2)], [Txt(Name, value), Marks(Name, (RecordType.Txt, Them))], adoption);
            Assert.Contains("them", Refusal(plan).Message, StringComparison.Ordinal);
            Assert.Empty(plan.Batches);
        }
    }

    [Fact]
    public void Two_owners_refuse_each_other() =>
        Assert.Contains("them", Refusal(Plan([Sts(Id1)], [Txt(Name, Id1), Marks(Name, (RecordType.Txt, Them), (RecordType.Txt, Us))])).Message, StringComparison.Ordinal);

    [Fact]
    public void Removal_takes_the_record_first_and_then_its_mark_and_leaves_siblings()
    {
        var plan = Plan([Sts()], [Txt(Name, Id1, "hello"), Marks(Name, (RecordType.Txt, Us), (RecordType.Aaaa, Them))]);
        var changes = Assert.Single(plan.Batches).Changes;
        Assert.Equal([new RecordKey(Name, RecordType.Txt), OwnerRecord.KeyFor(Name)], changes.Select(c => c.Key));
        Assert.Equal(["hello"], changes[0].Result);
        Assert.Equal([new OwnerRecord(RecordType.Aaaa, Them).ToString()], changes[1].Result);
    }

    [Fact]
    public void Removal_leaves_what_is_marked_for_another_resource_or_owner_or_for_nobody()
    {
        var successor = OwnerIdentity.Create("us", "other/example");
        foreach (var marks in new[] { Marks(Name, (RecordType.Txt, successor)), Marks(Name, (RecordType.Txt, Them)), Marks(Name) })
        {
            var plan = Plan([Sts()], [Txt(Name, Id1), marks], Adoption.Adopt);
            Assert.IsType<RecordVerdict.InPlace>(Assert.Single(plan.Verdicts));
            Assert.Empty(plan.Batches);
        }
    }

    [Fact]
    public void A_successor_in_the_same_cluster_takes_over_the_mark()
    {
        var before = OwnerIdentity.Create("us", "other/example");
        var change = Assert.Single(Assert.Single(Plan([Sts(Id1)], [Txt(Name, Id1), Marks(Name, (RecordType.Txt, before))]).Batches).Changes);
        Assert.Equal([new OwnerRecord(RecordType.Txt, Us).ToString()], change.Result);
    }

    [Fact]
    public void A_newer_operators_mark_is_left_as_it_is()
    {
        var newer = new OwnerRecord(RecordType.Txt, Us) + ",sealed=yes";
        Assert.Empty(Plan([Sts(Id1)], [Txt(Name, Id1), Txt(OwnerRecord.KeyFor(Name).Name, newer)]).Batches);
    }

    [Fact]
    public void A_wrong_ttl_is_a_change_where_the_set_is_ours_alone()
    {
        var mine = Txt(Name, Id1) with { TtlSeconds = 60 };
        var change = Assert.Single(Assert.Single(Plan([Sts(Id1)], [mine, Marks(Name, (RecordType.Txt, Us))]).Batches).Changes);
        Assert.Equal((300, Id1, 0), (change.TtlSeconds, Assert.Single(change.Add), change.Remove.Count));
        Assert.Empty(Plan([Sts(Id1)], [mine with { Values = mine.Values.Add("hello") }, Marks(Name, (RecordType.Txt, Us))]).Batches);
    }

    [Fact]
    public void Addresses_of_ours_give_way_to_a_cname_in_one_batch()
    {
        var plan = Plan(
            [HostRecord(RecordType.Cname, "gw.example.net")],
            [RecordSet.Of(Host, RecordType.A, 300, "192.0.2.1"), RecordSet.Of(Host, RecordType.Aaaa, 300, "2001:db8::1"), Marks(Host, (RecordType.A, Us), (RecordType.Aaaa, Us))]);
        var changes = Assert.Single(plan.Batches).Changes;
        Assert.Equal(
            [new RecordKey(Host, RecordType.A), new RecordKey(Host, RecordType.Aaaa), OwnerRecord.KeyFor(Host), new RecordKey(Host, RecordType.Cname)],
            changes.Select(c => c.Key));
        Assert.Equal([new OwnerRecord(RecordType.Cname, Us).ToString()], changes[2].Result);
    }

    [Fact]
    public void A_foreign_alias_keeps_addresses_out()
    {
        var alias = RecordSet.Of(Host, RecordType.Cname, 300, "elsewhere.example");
        Assert.Contains("elsewhere.example", Refusal(Plan([HostRecord(RecordType.A, "192.0.2.1")], [alias])).Message, StringComparison.Ordinal);
        var adopted = Assert.Single(Plan([HostRecord(RecordType.A, "192.0.2.1")], [alias], Adoption.Adopt).Batches).Changes;
        Assert.Empty(adopted[0].Result);
        Refusal(Plan([HostRecord(RecordType.A, "192.0.2.1")], [alias, Marks(Host, (RecordType.Cname, Them))], Adoption.Adopt));
    }

    [Fact]
    public void An_alias_in_the_place_of_a_txt_record_is_never_taken_over() =>
        Refusal(Plan([Sts(Id1)], [RecordSet.Of(Name, RecordType.Cname, 300, "_mta-sts.host.example")], Adoption.Adopt));

    [Fact]
    public void Addresses_of_one_type_leave_the_other_type_alone()
    {
        var plan = Plan([HostRecord(RecordType.A, "192.0.2.1")], [RecordSet.Of(Host, RecordType.Aaaa, 300, "2001:db8::1")]);
        Assert.DoesNotContain(Assert.Single(plan.Batches).Changes, c => c.Key.Type == RecordType.Aaaa);
    }

    [Fact]
    public void A_refused_record_does_not_hold_up_the_others()
    {
        var tlsRpt = new OwnedRecord(RecordSet.Of("_smtp._tls.example.com", RecordType.Txt, 300, "v=TLSRPTv1; rua=mailto:a@example.com"), RecordScope.TlsRptTxt);
        var plan = Plan([Sts(Id2), tlsRpt], [Txt(Name, Id1)]);
        Assert.Equal([typeof(RecordVerdict.Refused), typeof(RecordVerdict.Changes)], plan.Verdicts.Select(v => v.GetType()));
        Assert.Equal("_smtp._tls.example.com", Assert.Single(plan.Batches).Name);
    }

    [Fact]
    public void Nothing_is_concluded_about_a_set_that_was_not_read() =>
        Assert.Throws<KeyNotFoundException>(() => RecordPlanner.Plan([Sts(Id1)], CurrentRecords.Of(Txt(Name)), Us, Adoption.Refuse));

    [Fact]
    public void Contradictions_are_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => Plan([Sts(Id1), Sts(Id2)], []));
        Assert.Throws<ArgumentException>(() => Plan([HostRecord(RecordType.A, "192.0.2.1"), HostRecord(RecordType.Cname, "x.example")], []));
        Assert.Throws<ArgumentException>(() => Plan([Sts("hello")], []));
    }

    private static OwnedRecord Sts(params string[] values) => new(Txt(Name, values), RecordScope.StsTxt);

    private static OwnedRecord HostRecord(RecordType type, params string[] values) => new(RecordSet.Of(Host, type, 300, values), RecordScope.WholeSet);

    private static RecordSet Txt(string name, params string[] values) => RecordSet.Of(name, RecordType.Txt, 300, values);

    private static RecordSet Marks(string name, params (RecordType Type, OwnerIdentity Owner)[] marks) =>
        Txt(OwnerRecord.KeyFor(name).Name, [.. marks.Select(m => new OwnerRecord(m.Type, m.Owner).ToString())]);

    private static RecordVerdict.Refused Refusal(RecordPlan plan) => Assert.IsType<RecordVerdict.Refused>(Assert.Single(plan.Verdicts));

    private static RecordPlan Plan(OwnedRecord[] wanted, RecordSet[] there, Adoption adoption = Adoption.Refuse)
    {
        var absent = RecordPlanner.KeysToRead(wanted).Except(there.Select(s => s.Key)).Select(k => new RecordSet(k, 0, ImmutableSortedSet<string>.Empty));
        return RecordPlanner.Plan(wanted, CurrentRecords.Of([.. there, .. absent]), Us, adoption);
    }
}
