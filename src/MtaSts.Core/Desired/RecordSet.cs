using System.Collections.Immutable;

namespace MtaSts.Core.Desired;

/// <summary>The record types that the operator writes.</summary>
public enum RecordType
{
    /// <summary>IPv4 address.</summary>
    A,

    /// <summary>IPv6 address.</summary>
    Aaaa,

    /// <summary>Alias.</summary>
    Cname,

    /// <summary>Text.</summary>
    Txt,
}

/// <summary>A record set's identity.</summary>
/// <param name="Name">The owner name, lower case, without the final dot.</param>
/// <param name="Type">The type.</param>
public readonly record struct RecordKey(string Name, RecordType Type)
{
    /// <summary>"name TYPE".</summary>
    public override string ToString() => $"{Name} {Type.ToString().ToUpperInvariant()}";
}

/// <summary>The records of one name and type.</summary>
/// <param name="Key">Name and type.</param>
/// <param name="TtlSeconds">The TTL, 0 to 2147483647 (rfc2181#8).</param>
/// <param name="Values">TXT: each record's strings joined; A and AAAA: canonical addresses; CNAME: lower-case target without the final dot. An empty set means that there is no such record.</param>
public sealed record RecordSet(RecordKey Key, long TtlSeconds, ImmutableSortedSet<string> Values)
{
    /// <summary>A set of the given values, ordered by code point.</summary>
    public static RecordSet Of(string name, RecordType type, long ttlSeconds, params IEnumerable<string> values) =>
        new(new RecordKey(name, type), ttlSeconds, values.ToImmutableSortedSet(StringComparer.Ordinal));

    /// <inheritdoc/>
    public bool Equals(RecordSet? other) =>
        other is not null && Key == other.Key && TtlSeconds == other.TtlSeconds && Values.SetEquals(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, TtlSeconds, Values.Count);
}
