using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MtaSts.Core.Mail;

/// <summary>Names of hosts and domains in the one form that we compare: lower-case A-labels without the final dot.</summary>
public static class HostName
{
    private const int NameCharsMax = 253; // rfc1035#2.3.4: 255 octets on the wire
    private const int LabelCharsMax = 63; // rfc1035#2.3.4

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    /// <summary>Brings a host name of at least two labels into its one form. On failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? name, out string problem)
    {
        name = null;
        problem = "";
        if (string.IsNullOrEmpty(text))
        {
            problem = "is empty";
            return false;
        }

        var candidate = text.EndsWith('.') ? text[..^1] : text;
        try
        {
            candidate = Idn.GetAscii(candidate).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            problem = $"\"{text}\" is not a host name";
            return false;
        }

        if (candidate.Length > NameCharsMax)
        {
            problem = $"\"{text}\" is longer than {NameCharsMax} characters";
            return false;
        }

        var labels = candidate.Split('.');
        if (labels.Length < 2 || labels.Any(l => l.Length is 0 or > LabelCharsMax))
        {
            problem = $"\"{text}\" is not a name of two or more labels of 1 to {LabelCharsMax} characters";
            return false;
        }

        if (labels[^1].All(char.IsAsciiDigit))
        {
            problem = $"\"{text}\" is an address, not a name";
            return false;
        }

        name = candidate;
        return true;
    }
}
