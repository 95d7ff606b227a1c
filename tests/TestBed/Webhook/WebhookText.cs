using System.Globalization;
using System.Text;

namespace MtaSts.TestBed.Webhook;

/// <summary>TXT between a zone file's form and its bytes, one character a byte.</summary>
internal static class WebhookText
{
    public static string Unquote(string text)
    {
        var bytes = new StringBuilder();
        var isQuoted = false;
        var utf8 = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] == '\\' && i + 3 < utf8.Length && char.IsAsciiDigit(utf8[i + 1]))
            {
                bytes.Append((char)int.Parse(utf8.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture));
                i += 3;
            }
            else if (utf8[i] == '\\')
            {
                bytes.Append(utf8[++i]);
            }
            else if (utf8[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted)
            {
                bytes.Append(utf8[i]);
            }
            else if (utf8[i] is not ' ')
            {
                throw new FormatException($"text outside of quotes: {text}");
            }
        }

        return isQuoted ? throw new FormatException($"a quote is open: {text}") : bytes.ToString();
    }

    public static string Quote(string bytes) => '"' + string.Concat(bytes.Select(c => c switch
    {
        '"' or '\\' => $"\\{c}",
        < ' ' or > '~' => $"\\{(int)c:D3}",
        _ => c.ToString(),
    })) + '"';

    public static string FromPlain(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static string ToPlain(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
