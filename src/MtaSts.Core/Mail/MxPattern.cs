using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Core.Mail;

/// <summary>An mx pattern: a host name, or <c>*.</c> and a host name, as lower-case A-labels (rfc8461#3.2, <c>sts-policy-mx</c>).</summary>
public sealed record MxPattern
{
    private readonly string _text;

    private MxPattern(string text) => _text = text;

    /// <summary>True for <c>*.example.com</c>.</summary>
    public bool IsWildcard => _text.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>Reads a pattern. On failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MxPattern? pattern, out string problem)
    {
        var wildcard = text?.StartsWith("*.", StringComparison.Ordinal) == true;
        pattern = HostName.TryNormalise(wildcard ? text![2..] : text, out var name, out problem)
            ? new MxPattern(wildcard ? "*." + name : name)
            : null;
        return pattern is not null;
    }

    /// <summary>Reads a pattern that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MxPattern Parse(string text) =>
        TryParse(text, out var pattern, out var problem) ? pattern : throw new FormatException(problem);

    /// <summary>True when the MX host matches. Case and a final dot do not count; something that is no host name matches nothing.</summary>
    public bool Matches(string host)
    {
        if (!HostName.TryNormalise(host, out var name, out _))
        {
            return false;
        }

        if (!IsWildcard)
        {
            return name == _text;
        }

        // rfc8461#4.1: a wildcard covers exactly one left-most label.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && name.AsSpan(dot).SequenceEqual(_text.AsSpan(1));
    }

    /// <summary>The pattern as a policy has it.</summary>
    public override string ToString() => _text;
}
