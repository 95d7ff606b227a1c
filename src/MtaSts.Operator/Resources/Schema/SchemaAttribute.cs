using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Operator.Resources.Schema;

/// <summary>
/// What the CRD's schema says of a property beyond its type and its doc comment. Set on a list, the string members hold for the items.
/// The readers check all of it again.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
[SuppressMessage("Design", "CA1019", Justification = "Every member is optional.")]
public sealed class SchemaAttribute : Attribute
{
    /// <summary>The object is refused without it.</summary>
    public bool Required { get; init; }

    /// <summary>The default as JSON text, or null for none. A default is written into every object, so it must never have to change.</summary>
    public string? Default { get; init; }

    /// <summary>A regular expression (RE2, anchored by itself) for the string.</summary>
    public string? Pattern { get; init; }

    /// <summary>The values allowed, separated by spaces.</summary>
    public string? OneOf { get; init; }

    /// <summary>The format, e.g. "date-time".</summary>
    public string? Format { get; init; }

    /// <summary>Fewest characters; -1 for no bound.</summary>
    public int CharsMin { get; init; } = -1;

    /// <summary>Most characters; -1 for no bound.</summary>
    public int CharsMax { get; init; } = -1;

    /// <summary>Fewest items of a list; -1 for no bound.</summary>
    public int ItemsMin { get; init; } = -1;

    /// <summary>Most items of a list or entries of a map; -1 for no bound.</summary>
    public int ItemsMax { get; init; } = -1;

    /// <summary>The smallest number; <see cref="long.MinValue"/> for no bound.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>The largest number; <see cref="long.MaxValue"/> for no bound.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>True for a list whose items differ from each other, in no order that counts.</summary>
    public bool IsSet { get; init; }

    /// <summary>The property that tells the items of a list apart, or null.</summary>
    public string? MapKey { get; init; }
}
