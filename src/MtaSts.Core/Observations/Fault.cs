using System.Collections.Immutable;

namespace MtaSts.Core.Observations;

/// <summary>How much a fault weighs.</summary>
public enum Severity
{
    /// <summary>An RFC-following sender does not accept the text.</summary>
    Error,

    /// <summary>The RFC accepts it; strict senders may not.</summary>
    Warning,
}

/// <summary>One fault of a text that was parsed.</summary>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Message">One sentence: what was read, what was wanted. Printable ASCII.</param>
/// <param name="Line">The line it is on, counted from 1; 1 for a record, 0 when it concerns the whole.</param>
public sealed record Fault(Severity Severity, Reason Reason, string Message, int Line);

/// <summary>A text that was read: the value where the RFC accepts it, every fault, and the raw text.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value, or null where an RFC-following sender would not accept the text.</param>
/// <param name="Faults">Every fault in the order of the text, those of the whole last; there is an Error among them exactly when <paramref name="Value"/> is null.</param>
/// <param name="Raw">The text as it was read; bytes that are not UTF-8 as U+FFFD.</param>
public sealed record Reading<T>(T? Value, ImmutableArray<Fault> Faults, string Raw)
    where T : class;

/// <summary>The faults of one text while it is read.</summary>
internal sealed class FaultList
{
    private readonly List<Fault> _faults = [];

    /// <summary>True once there is an Error.</summary>
    public bool HasError { get; private set; }

    public void Error(Reason reason, int line, string message) => Add(Severity.Error, reason, line, message);

    public void Warning(Reason reason, int line, string message) => Add(Severity.Warning, reason, line, message);

    /// <summary>The reading: <paramref name="value"/> is asked for only where there is no Error.</summary>
    public Reading<T> Close<T>(Func<T> value, string raw)
        where T : class =>
        new(HasError ? null : value(), [.. _faults.OrderBy(f => f.Line == 0 ? int.MaxValue : f.Line)], raw);

    private void Add(Severity severity, Reason reason, int line, string message)
    {
        HasError |= severity == Severity.Error;
        _faults.Add(new Fault(severity, reason, message, line));
    }
}
