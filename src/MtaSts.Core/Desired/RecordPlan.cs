using System.Collections.Immutable;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Desired;

/// <summary>One change of one record set.</summary>
/// <param name="Key">The set.</param>
/// <param name="TtlSeconds">The TTL of what is added, 0 to 2147483647.</param>
/// <param name="Expected">The whole set as it was read; empty: absent. The change holds only while the set is still that.</param>
/// <param name="Remove">Values that go; each is in <paramref name="Expected"/>.</param>
/// <param name="Add">Values that come. One that is in <paramref name="Expected"/> is written again for its TTL.</param>
public sealed record RecordChange(
    RecordKey Key,
    long TtlSeconds,
    ImmutableSortedSet<string> Expected,
    ImmutableSortedSet<string> Remove,
    ImmutableSortedSet<string> Add)
{
    /// <summary>The whole set after the change.</summary>
    public ImmutableSortedSet<string> Result => Expected.Except(Remove).Union(Add);
}

/// <summary>
/// The changes at one name. Apply them at once where the protocol can, else in their order: what is cut off in between is
/// finished by the next plan.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Changes">At least one; each key once, so that every <see cref="RecordChange.Expected"/> holds before the first.</param>
public sealed record RecordBatch(string Name, ImmutableArray<RecordChange> Changes);

/// <summary>What the plan does about one wanted record.</summary>
/// <param name="Record">The record.</param>
public abstract record RecordVerdict(OwnedRecord Record)
{
    /// <summary>It is as wanted.</summary>
    /// <param name="Record">The record.</param>
    public sealed record InPlace(OwnedRecord Record) : RecordVerdict(Record);

    /// <summary>The batch of its name writes or removes it.</summary>
    /// <param name="Record">The record.</param>
    public sealed record Changes(OwnedRecord Record) : RecordVerdict(Record);

    /// <summary>It is not ours to write.</summary>
    /// <param name="Record">The record.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Message">What is in the way, and what to do.</param>
    public sealed record Refused(OwnedRecord Record, Reason Reason, string Message) : RecordVerdict(Record);
}

/// <summary>What to change.</summary>
/// <param name="Verdicts">One for each wanted record, in their order.</param>
/// <param name="Batches">One for each name with something to change, in the order in which the names were wanted.</param>
public sealed record RecordPlan(ImmutableArray<RecordVerdict> Verdicts, ImmutableArray<RecordBatch> Batches);
