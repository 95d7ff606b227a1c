using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Desired;

/// <summary>Turns what is and what shall be into changes. Nothing that is not ours changes.</summary>
//
// For each wanted record. "Owner" is what the companion set says of the record's type; "in our place" are the values that the
// record's scope covers. Values outside of the scope are in no change but as part of Expected.
//
//   wanted | owner                  | in our place      | Refuse            | Adopt
//   -------+------------------------+-------------------+-------------------+---------------------------
//   some   | another (with or       | anything          | refused, names the owner
//          |  without us)           |                   |
//   some   | we                     | as wanted         | in place (companion brought up to date)
//   some   | we                     | other or nothing  | replace
//   some   | nobody                 | nothing           | companion, create
//   some   | nobody                 | anything          | refused, shows it | companion, replace
//   none   | we, for this resource  | anything          | remove, then the companion's value
//   none   | anybody else           | anything          | in place: nothing there is ours
//
// A type that excludes the wanted one (CNAME against all others) at the name: ours goes away in the same batch; with Adopt so does
// nobody's, for the policy host; another owner's refuses the record. A CNAME in the place of a TXT record is never taken over: what
// lies behind it cannot be seen here.
//
// Order in a batch: sets that only lose values, the companion, sets that gain. So an owner's mark is there before what it marks and
// goes after it, and a plan made after any part of the batch ends at the same records.
//
// TTL: where no sibling shares the set it is ours to set, and a wrong one is a change. Else the set keeps the one it has, since a set
// has one TTL (rfc2181#5.2). The companion set keeps the one it was made with.
public static class RecordPlanner
{
    private const int ShownCharsMax = 120;

    /// <summary>Every set that <see cref="Plan"/> looks at.</summary>
    public static ImmutableArray<RecordKey> KeysToRead(IEnumerable<OwnedRecord> wanted) =>
        [.. wanted.SelectMany(r => Excluding(r.Key).Prepend(r.Key).Append(OwnerRecord.KeyFor(r.Key.Name))).Distinct()];

    /// <summary>Plans the changes.</summary>
    /// <param name="wanted">The records; each key once, and no CNAME with values beside other values at its name.</param>
    /// <param name="current">The sets of <see cref="KeysToRead"/>.</param>
    /// <param name="owner">Who we are.</param>
    /// <param name="adoption">What to do about records that nobody owns.</param>
    /// <exception cref="ArgumentException">The wanted records contradict each other.</exception>
    /// <exception cref="KeyNotFoundException">A set that is needed was not read.</exception>
    public static RecordPlan Plan(IReadOnlyCollection<OwnedRecord> wanted, CurrentRecords current, OwnerIdentity owner, Adoption adoption)
    {
        RequireConsistent(wanted);
        var verdicts = new Dictionary<RecordKey, RecordVerdict>();
        var batches = ImmutableArray.CreateBuilder<RecordBatch>();
        foreach (var atName in wanted.GroupBy(r => r.Key.Name))
        {
            var draft = new Draft(current, atName.Key, owner);
            foreach (var record in atName)
                verdicts[record.Key] = PlanOne(record, draft, adoption);
            if (draft.ToBatch() is { } batch)
                batches.Add(batch);
        }

        return new RecordPlan([.. wanted.Select(r => verdicts[r.Key])], batches.ToImmutable());
    }

    private static RecordVerdict PlanOne(OwnedRecord record, Draft draft, Adoption adoption)
    {
        if (record.Desired.Values.IsEmpty)
            return PlanRemoval(record, draft);
        if (Obstacle(record, draft, adoption) is { } message)
            return new RecordVerdict.Refused(record, Reason.RecordNotOwned, message);

        var set = draft.Current[record.Key];
        var ours = set.Values.Where(record.Covers).ToImmutableSortedSet(StringComparer.Ordinal);
        var hasSiblings = ours.Count < set.Values.Count;
        var keepsTtl = set.Values.IsEmpty || hasSiblings || set.TtlSeconds == record.Desired.TtlSeconds;
        var ttl = hasSiblings ? set.TtlSeconds : record.Desired.TtlSeconds;
        var add = keepsTtl ? record.Desired.Values.Except(set.Values) : record.Desired.Values;

        var changed = draft.Change(record.Key, ttl, ours.Except(record.Desired.Values), add);
        foreach (var key in Excluding(record.Key))
            changed |= draft.RemoveWhole(key);
        changed |= draft.Claim(record.Key.Type, record.Desired.TtlSeconds);
        return changed ? new RecordVerdict.Changes(record) : new RecordVerdict.InPlace(record);
    }

    private static RecordVerdict PlanRemoval(OwnedRecord record, Draft draft)
    {
        // The mark may name another resource of the same cluster, which has taken the domain over: then nothing here is this one's.
        if (!draft.IsOursAlone(record.Key.Type) || !draft.NamesThisResource(record.Key.Type))
            return new RecordVerdict.InPlace(record);
        var set = draft.Current[record.Key];
        draft.Change(record.Key, set.TtlSeconds, set.Values.Where(record.Covers).ToImmutableSortedSet(StringComparer.Ordinal), []);
        draft.Disclaim(record.Key.Type);
        return new RecordVerdict.Changes(record);
    }

    private static string? Obstacle(OwnedRecord record, Draft draft, Adoption adoption)
    {
        var inPlace = draft.Current[record.Key].Values.Where(record.Covers).ToImmutableSortedSet(StringComparer.Ordinal);
        if (ForeignOwner(record.Key, draft) is { } foreign)
            return foreign;
        if (!draft.IsOursAlone(record.Key.Type) && !inPlace.IsEmpty && adoption == Adoption.Refuse)
        {
            var same = inPlace.SetEquals(record.Desired.Values) ? ", the very value that we would write, but it is not marked as ours" : ", which is not ours";
            return $"{record.Key} is {Show(inPlace)}{same}; remove it, or set adoption: Adopt";
        }

        foreach (var key in Excluding(record.Key))
        {
            var values = draft.Current[key].Values;
            if (values.IsEmpty)
                continue;
            if (ForeignOwner(key, draft) is { } foreignOther)
                return foreignOther;
            if (draft.IsOursAlone(key.Type))
                continue;
            if (record.Scope != RecordScope.WholeSet)
                return $"{key} is {Show(values)}, which is not ours and leaves no room for a {TypeName(record.Key)} record; remove it, or use a provider with a cnameTarget";
            if (adoption == Adoption.Refuse)
                return $"{key} is {Show(values)}, which is not ours and leaves no room for a {TypeName(record.Key)} record; remove it, or set adoption: Adopt";
        }

        return null;
    }

    private static string? ForeignOwner(RecordKey key, Draft draft) =>
        draft.ForeignOwner(key.Type) is { } other
            ? $"{key} belongs to owner {other}, as {OwnerRecord.KeyFor(key.Name).Name} says; let it go there, or remove that TXT value if the owner is no more"
            : null;

    private static IEnumerable<RecordKey> Excluding(RecordKey key) => key.Type switch
    {
        RecordType.Cname => [key with { Type = RecordType.A }, key with { Type = RecordType.Aaaa }],
        _ => [key with { Type = RecordType.Cname }], // rfc1034#3.6.2
    };

    private static void RequireConsistent(IReadOnlyCollection<OwnedRecord> wanted)
    {
        if (wanted.Select(r => r.Key).Distinct().Count() != wanted.Count)
            throw new ArgumentException("a record set is wanted twice", nameof(wanted));
        foreach (var atName in wanted.Where(r => !r.Desired.Values.IsEmpty).GroupBy(r => r.Key.Name))
        {
            if (atName.Count() > 1 && atName.Any(r => r.Key.Type == RecordType.Cname))
                throw new ArgumentException($"a CNAME and another record are wanted at {atName.Key}", nameof(wanted));
        }

        if (wanted.FirstOrDefault(r => !r.Desired.Values.All(r.Covers)) is { } outside)
            throw new ArgumentException($"a value wanted at {outside.Key} is outside of its scope", nameof(wanted));
    }

    private static string TypeName(RecordKey key) => key.Type.ToString().ToUpperInvariant();

    private static string Show(ImmutableSortedSet<string> values)
    {
        var text = string.Join(", ", values.Select(v => $"\"{v}\""));
        return text.Length <= ShownCharsMax ? text : text[..ShownCharsMax] + "...";
    }

    // The changes at one name while they are being collected.
    private sealed class Draft(CurrentRecords current, string name, OwnerIdentity owner)
    {
        private readonly Dictionary<RecordKey, RecordChange> _changes = [];
        private readonly ImmutableArray<(string Text, OwnerRecord Record)> _marks = ReadMarks(current[OwnerRecord.KeyFor(name)].Values);
        private readonly HashSet<string> _unmark = new(StringComparer.Ordinal);
        private readonly HashSet<string> _mark = new(StringComparer.Ordinal);
        private long _markTtl;

        public CurrentRecords Current => current;

        public string? ForeignOwner(RecordType type) =>
            _marks.FirstOrDefault(m => m.Record.Type == type && m.Record.Owner.OwnerId != owner.OwnerId).Record?.Owner.ToString();

        public bool IsOursAlone(RecordType type) => Ours(type).Any() && ForeignOwner(type) is null;

        public bool NamesThisResource(RecordType type) => Ours(type).Any(m => m.Record.Owner == owner);

        public bool Change(RecordKey key, long ttl, ImmutableSortedSet<string> remove, ImmutableSortedSet<string> add)
        {
            if (remove.IsEmpty && add.IsEmpty)
                return false;
            _changes[key] = new RecordChange(key, ttl, current[key].Values, remove, add);
            return true;
        }

        public bool RemoveWhole(RecordKey key)
        {
            var set = current[key];
            // The mark goes even where the set is gone already: an earlier batch may have been cut off between the two.
            var disclaimed = Disclaim(key.Type);
            return Change(key, set.TtlSeconds, set.Values, []) || disclaimed;
        }

        public bool Claim(RecordType type, long ttl)
        {
            var ours = Ours(type).ToArray();
            // A mark of ours that says more than we know is a newer operator's: it is left as it is.
            var kept = ours.FirstOrDefault(m => m.Record.Owner == owner).Text;
            foreach (var (text, _) in ours.Where(m => m.Text != kept))
                _unmark.Add(text);
            if (kept is null)
                _mark.Add(new OwnerRecord(type, owner).ToString());
            _markTtl = ttl;
            return kept is null || ours.Length > 1;
        }

        public bool Disclaim(RecordType type)
        {
            _unmark.UnionWith(Ours(type).Select(m => m.Text));
            return Ours(type).Any();
        }

        public RecordBatch? ToBatch()
        {
            var key = OwnerRecord.KeyFor(name);
            var set = current[key];
            RecordChange[] companion = _mark.Count + _unmark.Count == 0
                ? []
                : [new RecordChange(key, set.Values.IsEmpty ? _markTtl : set.TtlSeconds, set.Values, Sorted(_unmark), Sorted(_mark))];
            var changes = _changes.Values.OrderBy(c => c.Key.Type).ToArray();
            ImmutableArray<RecordChange> all = [.. changes.Where(c => c.Add.IsEmpty), .. companion, .. changes.Where(c => !c.Add.IsEmpty)];
            return all.IsEmpty ? null : new RecordBatch(name, all);
        }

        private static ImmutableSortedSet<string> Sorted(IEnumerable<string> values) => values.ToImmutableSortedSet(StringComparer.Ordinal);

        private static ImmutableArray<(string, OwnerRecord)> ReadMarks(IEnumerable<string> values)
        {
            var marks = ImmutableArray.CreateBuilder<(string, OwnerRecord)>();
            foreach (var value in values)
            {
                if (OwnerRecord.TryParse(value, out var record))
                    marks.Add((value, record));
            }

            return marks.ToImmutable();
        }

        private IEnumerable<(string Text, OwnerRecord Record)> Ours(RecordType type) =>
            _marks.Where(m => m.Record.Type == type && m.Record.Owner.OwnerId == owner.OwnerId);
    }
}
