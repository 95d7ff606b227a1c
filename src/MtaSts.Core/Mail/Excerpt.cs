using System.Globalization;
using System.Text;

namespace MtaSts.Core.Mail;

/// <summary>Text of a stranger, made fit for a message: in quotes, printable ASCII, short. Nothing in it can move a terminal's cursor.</summary>
public static class Excerpt
{
    private const int CharsMax = 80;

    /// <summary>The text in quotes; what is not printable ASCII as \uXXXX; cut after 80 characters.</summary>
    public static string Of(string text) => $"\"{Plain(text)}\"";

    /// <summary>The same without quotes, cut after <paramref name="charsMax"/> characters.</summary>
    public static string Plain(string text, int charsMax = CharsMax)
    {
        var shown = new StringBuilder();
        foreach (var c in text)
        {
            if (shown.Length >= charsMax)
            {
                return shown.Append("...").ToString();
            }

            _ = c is >= ' ' and <= '~' ? shown.Append(c) : shown.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }

        return shown.ToString();
    }
}
