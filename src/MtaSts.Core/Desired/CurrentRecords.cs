using System.Collections.Immutable;

namespace MtaSts.Core.Desired;

/// <summary>What is published now, as read from the provider. A set that was read and is not there is present and empty.</summary>
public sealed class CurrentRecords
{
    private readonly ImmutableDictionary<RecordKey, RecordSet> _sets;

    private CurrentRecords(ImmutableDictionary<RecordKey, RecordSet> sets) => _sets = sets;

    /// <summary>The sets that were read.</summary>
    public IEnumerable<RecordSet> Sets => _sets.Values;

    /// <summary>The set of a key.</summary>
    /// <exception cref="KeyNotFoundException">It was not read: nothing may be concluded about it.</exception>
    public RecordSet this[RecordKey key] =>
        _sets.TryGetValue(key, out var set) ? set : throw new KeyNotFoundException($"{key} was not read");

    /// <summary>The given sets; each key once.</summary>
    public static CurrentRecords Of(params IEnumerable<RecordSet> sets) => new(sets.ToImmutableDictionary(s => s.Key));
}
