using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MtaSts.Core.Mail;

/// <summary>Names of hosts and domains in the one form that we compare: lower-case A-labels without the final dot.</summary>
public static class HostName
{
    internal const int NameCharsMax = 253; // rfc1035#2.3.4: 255 octets on the wire
    private const int LabelCharsMax = 63; // rfc1035#2.3.4
    private const int InputCharsMax = 1024; // no name is this long in U-labels either; keeps the work bounded

    private static readonly SearchValues<char> LetterDigitHyphen = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly IdnMapping Idn = new() { AllowUnassigned = false };

    /// <summary>
    /// Brings a host name of at least two labels into its one form: what our resources take. U-labels and upper case are accepted, and so is
    /// one final dot. On failure <paramref name="problem"/> says what is wrong.
    /// </summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? name, out string problem) =>
        TryNormalise(text, labelsMin: 2, out name, out problem);

    /// <summary>The same for a name of one label or more: what the RFCs take (rfc5321#4.1.2, <c>Domain</c>).</summary>
    public static bool TryNormaliseAny(string? text, [NotNullWhen(true)] out string? name, out string problem) =>
        TryNormalise(text, labelsMin: 1, out name, out problem);

    /// <summary>The label separators of IDNA (rfc3490#3.1) as full stops; every other character as it is.</summary>
    internal static string WithPlainDots(string text) =>
        text.Replace('\u3002', '.').Replace('\uFF0E', '.').Replace('\uFF61', '.');

    private static bool TryNormalise(string? text, int labelsMin, [NotNullWhen(true)] out string? name, out string problem)
    {
        name = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "the name is empty";
            return false;
        }

        var candidate = WithPlainDots(text);
        candidate = candidate.EndsWith('.') ? candidate[..^1] : candidate;
        if (!TryToAscii(candidate, out var ascii))
        {
            problem = $"{Excerpt.Of(text)} is not a name that IDNA can write in ASCII";
            return false;
        }

        if (ascii.Length > NameCharsMax)
        {
            problem = $"{Excerpt.Of(text)} is longer than {NameCharsMax} characters";
            return false;
        }

        var labels = ascii.Split('.');
        foreach (var label in labels)
        {
            if (LabelProblem(label) is { } wrong)
            {
                problem = $"{Excerpt.Of(text)} {wrong}";
                return false;
            }
        }

        if (labels.Length < labelsMin)
        {
            problem = $"{Excerpt.Of(text)} has fewer than {labelsMin} labels; write the full name";
            return false;
        }

        // A dotted-decimal address fits the letters of rfc5321's Domain; rfc1123#2.1 reads it as an address before it is looked up as a name.
        if (labels[^1].All(char.IsAsciiDigit))
        {
            problem = $"{Excerpt.Of(text)} ends in a number, so it is an address and not a name";
            return false;
        }

        name = ascii;
        problem = "";
        return true;
    }

    private static bool TryToAscii(string text, [NotNullWhen(true)] out string? ascii)
    {
        ascii = null;
        if (text.Length > InputCharsMax)
        {
            return false;
        }

        if (System.Text.Ascii.IsValid(text))
        {
            ascii = text.ToLowerInvariant();
            return true;
        }

        try
        {
            ascii = Idn.GetAscii(text).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string? LabelProblem(string label)
    {
        if (label.Length is 0 or > LabelCharsMax)
        {
            return $"has a label that is not 1 to {LabelCharsMax} characters long";
        }

        // rfc5321#4.1.2: sub-domain = Let-dig [Ldh-str]. An underscore is no part of a host name.
        var other = label.AsSpan().IndexOfAnyExcept(LetterDigitHyphen);
        if (other >= 0)
        {
            return $"has the character {Excerpt.Of(label[other].ToString())}; a label is letters, digits and hyphens";
        }

        if (label[0] == '-' || label[^1] == '-')
        {
            return "has a label that begins or ends with a hyphen";
        }

        return label.StartsWith("xn--", StringComparison.Ordinal) && !IsALabel(label)
            ? $"has the label {Excerpt.Of(label)}, which no U-label stands behind"
            : null;
    }

    // rfc5890#2.3.2.1: an A-label is one that U-label and back again leads to; "xn--" before anything else is a fake.
    private static bool IsALabel(string label)
    {
        try
        {
            var unicode = Idn.GetUnicode(label);
            return string.Equals(Idn.GetAscii(unicode), label, StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
