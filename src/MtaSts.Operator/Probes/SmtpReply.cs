using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MtaSts.Operator.Probes;

/// <summary>A reply of an SMTP server (rfc5321#4.2), or what was wrong with it.</summary>
/// <param name="Code">The three digits; 0 where there is a problem.</param>
/// <param name="Lines">The text of each line, without code and line end.</param>
/// <param name="Problem">What does not follow the grammar, or null.</param>
internal sealed partial record SmtpReply(int Code, ImmutableArray<string> Lines, string? Problem = null)
{
    /// <summary>True for 4yz and 5yz.</summary>
    public bool IsRefusal => Code is >= 400 and < 600;

    /// <summary>
    /// The code, with the enhanced one (rfc2034#4) where there is one. The text is left out: session ids and times in it would make an unchanged
    /// world look changed at each round.
    /// </summary>
    public string Words => EnhancedCode().Match(Lines.FirstOrDefault() ?? "") is { Success: true } match ? $"{Code} {match.Value}" : $"{Code}";

    /// <summary>A reply that is none.</summary>
    public static SmtpReply Bad(string problem) => new(0, [], problem);

    [GeneratedRegex(@"^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")]
    private static partial Regex EnhancedCode();
}
