using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Core.Mail;

/// <summary>An mx pattern: a host name, or <c>*.</c> and a host name, as lower-case A-labels (rfc8461#3.2, <c>sts-policy-mx</c>).</summary>
public sealed record MxPattern
{
    private readonly string _text;

    private MxPattern(string text) => _text = text;

    /// <summary>True for <c>*.example.com</c>.</summary>
    public bool IsWildcard => _text.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>
    /// Reads a pattern as our resources take it: the name has two labels or more, so <c>*.com</c> is none; U-labels become A-labels.
    /// On failure <paramref name="problem"/> says what is wrong.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MxPattern? pattern, out string problem) =>
        TryParse(text, HostName.TryNormalise, out pattern, out problem);

    /// <summary>The same with a name of one label or more, as the RFC's grammar has it (rfc8461#3.2: <c>["*."] Domain</c>).</summary>
    public static bool TryParseAny(string? text, [NotNullWhen(true)] out MxPattern? pattern, out string problem) =>
        TryParse(text, HostName.TryNormaliseAny, out pattern, out problem);

    /// <summary>Reads a pattern that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MxPattern Parse(string text) =>
        TryParse(text, out var pattern, out var problem) ? pattern : throw new FormatException(problem);

    /// <summary>True when the MX host matches. Case and a final dot do not count; something that is no host name matches nothing.</summary>
    public bool Matches(string host)
    {
        if (!HostName.TryNormaliseAny(host, out var name, out _))
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

    private delegate bool Normaliser(string? text, [NotNullWhen(true)] out string? name, out string problem);

    private static bool TryParse(string? text, Normaliser normalise, [NotNullWhen(true)] out MxPattern? pattern, out string problem)
    {
        pattern = null;
        var plain = HostName.WithPlainDots(text ?? "");
        var wildcard = plain.StartsWith("*.", StringComparison.Ordinal);
        var host = wildcard ? plain[2..] : plain;
        if (host.Contains('*', StringComparison.Ordinal))
        {
            // rfc8461#4.1: the wildcard is the whole left-most label or it is none.
            problem = $"{Excerpt.Of(plain)} has an asterisk that is not its whole first label";
            return false;
        }

        if (host.EndsWith('.'))
        {
            // rfc5321#4.1.2: Domain has no final dot.
            problem = $"{Excerpt.Of(plain)} ends with a dot; leave it out";
            return false;
        }

        if (!normalise(host, out var name, out problem))
        {
            return false;
        }

        // A name of 253 characters leaves no room for a label in the wildcard's place; only the RFC's limit on the whole counts here.
        pattern = new MxPattern(wildcard ? "*." + name : name);
        return true;
    }
}
