using System.Collections.Immutable;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>A resource that was read: its value where it is valid, else every field that is wrong.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value, or null where anything is wrong.</param>
/// <param name="Problems">What is wrong, in the order of the fields; empty exactly when <paramref name="Value"/> is there.</param>
public sealed record ResourceReading<T>(T? Value, ImmutableArray<FieldProblem> Problems)
    where T : class
{
    /// <summary>True when the resource is valid.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null;
}
