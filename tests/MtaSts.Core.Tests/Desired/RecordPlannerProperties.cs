using System.Collections.Immutable;
using CsCheck;
using MtaSts.Core.Desired;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Desired;

/// <summary>Promise 5 over random zones: what is not ours survives every plan, whole or cut off, and a cut-off plan is finished by the next.</summary>
public sealed class RecordPlannerProperties
{
    private const string Domain = "example.com";
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private static readonly OwnerIdentity[] Owners = [Us, OwnerIdentity.Create("us", "team/other"), OwnerIdentity.Create("them", "team/example")];

    private static readonly string[] TxtValues =
        ["v=STSv1; id=1;", "v=STSv1; id=2;", "v=STSv10; id=3;", "V=STSv1;", "v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1", "hello", "", "a\"b\\;c"];

    private static readonly (RecordKey Key, RecordScope Scope, string[] Values)[] Places =
    [
        (new($"_mta-sts.{Domain}", RecordType.Txt), RecordScope.StsTxt, TxtValues),
        (new($"_smtp._tls.{Domain}", RecordType.Txt), RecordScope.TlsRptTxt, TxtValues),
        (new($"mta-sts.{Domain}", RecordType.A), RecordScope.WholeSet, ["192.0.2.1", "192.0.2.2"]),
        (new($"mta-sts.{Domain}", RecordType.Aaaa), RecordScope.WholeSet, ["2001:db8::1", "2001:db8::2"]),
        (new($"mta-sts.{Domain}", RecordType.Cname), RecordScope.WholeSet, ["a.example", "b.example"]),
    ];

    private static readonly Gen<ImmutableDictionary<RecordKey, RecordSet>> Zones = GenZone();
    private static readonly Gen<OwnedRecord[]> Wanted = GenWanted();
    private static readonly Gen<Adoption> Adoptions = OneOf(Adoption.Refuse, Adoption.Adopt);

    [Fact]
    public void What_another_owner_marks_never_changes() => Check((zone, wanted, adoption) =>
    {
        foreach (var after in Prefixes(zone, wanted, adoption))
        {
            foreach (var (key, scope, _) in Places.Where(p => IsMarkedByThem(zone, p.Key)))
            {
                if (!zone[key].Equals(after[key]))
                    return false;
            }
        }

        return true;
    });

    [Fact]
    public void Siblings_and_marks_of_others_survive_with_their_ttl() => Check((zone, wanted, adoption) =>
        Prefixes(zone, wanted, adoption).All(after => zone.Values.All(before =>
        {
            var siblings = before.Values.Where(v => IsSibling(before.Key, v)).ToArray();
            return siblings.All(after[before.Key].Values.Contains)
                && (siblings.Length == 0 || before.Key.Name.StartsWith(OwnerRecord.Label, StringComparison.Ordinal) || after[before.Key].TtlSeconds == before.TtlSeconds);
        })));

    [Fact]
    public void Without_adoption_what_nobody_marks_never_changes() => Check((zone, wanted, _) =>
        Prefixes(zone, wanted, Adoption.Refuse).All(after => Places.Where(p => !zone[p.Key].Values.IsEmpty && MarksOf(zone, p.Key).Length == 0).All(p =>
            zone[p.Key].Values.Where(Scope(p).Covers).All(after[p.Key].Values.Contains))));

    [Fact]
    public void A_plan_that_is_cut_off_anywhere_is_finished_by_the_next() => Check((zone, wanted, adoption) =>
    {
        var end = Prefixes(zone, wanted, adoption).Last();
        return Prefixes(zone, wanted, adoption).All(part =>
            Prefixes(part, wanted, adoption).Last() is var finished && end.Values.All(s => s.Values.SetEquals(finished[s.Key].Values)));
    });

    [Fact]
    public void A_finished_plan_leaves_nothing_to_do() => Check((zone, wanted, adoption) =>
        Plan(Prefixes(zone, wanted, adoption).Last(), wanted, adoption).Batches.IsEmpty);

    [Fact]
    public void What_is_not_refused_ends_as_wanted() => Check((zone, wanted, adoption) =>
    {
        var end = Prefixes(zone, wanted, adoption).Last();
        return Plan(zone, wanted, adoption).Verdicts.Where(v => v is not RecordVerdict.Refused && !v.Record.Desired.Values.IsEmpty).All(v =>
            v.Record.Desired.Values.SetEquals(end[v.Record.Key].Values.Where(v.Record.Covers)));
    });

    [Fact]
    public void An_alias_that_we_write_stands_alone() => Check((zone, wanted, adoption) =>
        Plan(zone, wanted, adoption).Batches.SelectMany(b => b.Changes).Where(c => c.Key.Type == RecordType.Cname && !c.Add.IsEmpty).All(c =>
            Prefixes(zone, wanted, adoption).Last() is var end
            && end[c.Key with { Type = RecordType.A }].Values.IsEmpty && end[c.Key with { Type = RecordType.Aaaa }].Values.IsEmpty));

    private static void Check(Func<ImmutableDictionary<RecordKey, RecordSet>, OwnedRecord[], Adoption, bool> property) =>
        Gen.Select(Zones, Wanted, Adoptions).Sample(property, iter: 3000, print: t =>
            string.Join('\n', t.Item1.Values.Where(s => !s.Values.IsEmpty).Select(Show))
            + "\nwanted: " + string.Join(", ", t.Item2.Select(r => Show(r.Desired))) + "\n" + t.Item3);

    private static string Show(RecordSet set) => $"{set.Key} {set.TtlSeconds} [{string.Join(" | ", set.Values)}]";

    // Every state on the way: nothing applied, the first change applied, ..., all applied.
    private static IEnumerable<ImmutableDictionary<RecordKey, RecordSet>> Prefixes(
        ImmutableDictionary<RecordKey, RecordSet> zone, OwnedRecord[] wanted, Adoption adoption)
    {
        yield return zone;
        foreach (var change in Plan(zone, wanted, adoption).Batches.SelectMany(b => b.Changes))
        {
            Assert.True(zone[change.Key].Values.SetEquals(change.Expected));
            Assert.True(change.Remove.IsSubsetOf(change.Expected));
            var ttl = change.Add.IsEmpty ? zone[change.Key].TtlSeconds : change.TtlSeconds;
            zone = zone.SetItem(change.Key, new RecordSet(change.Key, ttl, change.Result));
            yield return zone;
        }
    }

    private static RecordPlan Plan(ImmutableDictionary<RecordKey, RecordSet> zone, OwnedRecord[] wanted, Adoption adoption) =>
        RecordPlanner.Plan(wanted, CurrentRecords.Of(zone.Values), Us, adoption);

    private static OwnerRecord[] MarksOf(ImmutableDictionary<RecordKey, RecordSet> zone, RecordKey key) =>
        [.. zone[OwnerRecord.KeyFor(key.Name)].Values.Select(v => OwnerRecord.TryParse(v, out var r) ? r : null).OfType<OwnerRecord>().Where(r => r.Type == key.Type)];

    private static bool IsMarkedByThem(ImmutableDictionary<RecordKey, RecordSet> zone, RecordKey key) => MarksOf(zone, key).Any(r => r.Owner.OwnerId == "them");

    private static OwnedRecord Scope((RecordKey Key, RecordScope Scope, string[] Values) place) => new(RecordSet.Of(place.Key.Name, place.Key.Type, 0), place.Scope);

    // Said anew here, not taken from the planner.
    private static bool IsSibling(RecordKey key, string value) => key switch
    {
        { Type: not RecordType.Txt } => false,
        { Name: [.., _] name } when name.StartsWith(OwnerRecord.Label, StringComparison.Ordinal) => !value.Contains("owner=us,", StringComparison.Ordinal),
        { Name: [.., _] name } when name.StartsWith("_mta-sts", StringComparison.Ordinal) => value != "v=STSv1; id=1;" && value != "v=STSv1; id=2;",
        _ => !value.StartsWith("v=TLSRPTv1", StringComparison.Ordinal),
    };

    private static Gen<ImmutableDictionary<RecordKey, RecordSet>> GenZone()
    {
        var sets = Places.Select(p => GenSet(p.Key, p.Values, 2)).ToList();
        foreach (var name in Places.Select(p => p.Key.Name).Distinct())
        {
            string[] marks = [.. Enum.GetValues<RecordType>().SelectMany(t => Owners.Select(o => new OwnerRecord(t, o).ToString())), "note", "heritage=other,owner=us"];
            sets.Add(GenSet(OwnerRecord.KeyFor(name), marks, 4));
            foreach (var type in Enum.GetValues<RecordType>().Where(t => !Places.Any(p => p.Key == new RecordKey(name, t))))
                sets.Add(Gen.Const(RecordSet.Of(name, type, 0)));
        }

        return sets.Aggregate(
            Gen.Const(ImmutableDictionary<RecordKey, RecordSet>.Empty),
            (zone, set) => Gen.Select(zone, set, (z, s) => z.SetItem(s.Key, s)));
    }

    private static Gen<RecordSet> GenSet(RecordKey key, string[] values, int max) =>
        Gen.Select(OneOf(values).Array[0, key.Type == RecordType.Cname ? 1 : max], OneOf(60L, 300L), (v, ttl) =>
            RecordSet.Of(key.Name, key.Type, v.Length == 0 ? 0 : ttl, v));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<OwnedRecord[]> GenWanted() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 5], OneOf(60L, 300L), (sts, rpt, host, ttl) =>
        {
            OwnedRecord Want(int place, params string[] values) => new(RecordSet.Of(Places[place].Key.Name, Places[place].Key.Type, ttl, values), Places[place].Scope);
            OwnedRecord[] atHost = host switch
            {
                0 => [],
                1 => [Want(2, "192.0.2.1"), Want(3), Want(4)],
                2 => [Want(2, "192.0.2.1"), Want(3, "2001:db8::1")],
                3 => [Want(4, "a.example")],
                4 => [Want(2), Want(3), Want(4, "b.example")],
                _ => [Want(2), Want(3), Want(4)],
            };
            OwnedRecord[] txt = [.. sts == 0 ? [] : new[] { Want(0, sts == 1 ? [] : ["v=STSv1; id=2;"]) }, .. rpt == 0 ? [] : new[] { Want(1, rpt == 1 ? [] : ["v=TLSRPTv1"]) }];
            return (OwnedRecord[])[.. txt, .. atHost];
        });
}
