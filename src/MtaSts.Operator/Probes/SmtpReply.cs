using System.Collections.Immutable;

namespace MtaSts.Operator.Probes;

/// <summary>A reply of an SMTP server (rfc5321#4.2), or what was wrong with it.</summary>
/// <param name="Code">The three digits; 0 where there is a problem.</param>
/// <param name="Lines">The text of each line, without code and line end.</param>
/// <param name="Problem">What does not follow the grammar, or null.</param>
internal sealed record SmtpReply(int Code, ImmutableArray<string> Lines, string? Problem = null)
{
    /// <summary>True for 4yz and 5yz.</summary>
    public bool IsRefusal => Code is >= 400 and < 600;

    /// <summary>Code and first line, fit to be shown.</summary>
    public string Words => Detail.Of($"{Code} {Lines.FirstOrDefault()}");

    /// <summary>A reply that is none.</summary>
    public static SmtpReply Bad(string problem) => new(0, [], problem);
}
