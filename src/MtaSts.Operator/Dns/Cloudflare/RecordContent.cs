using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>Record values between Cloudflare's content and our text.</summary>
internal static class RecordContent
{
    /// <summary>
    /// At the end of the value of a record that Cloudflare proxies. What DNS answers for it is not what it says, so it is no value that
    /// we could want, and a plan that finds it wants a change, which is then refused.
    /// </summary>
    public const string Proxied = " (proxied)";

    /// <summary>The API's name of a type.</summary>
    public static string TypeName(RecordType type) => type.ToString().ToUpperInvariant();

    /// <summary>The content for a value; on failure <paramref name="problem"/> says what is wrong with it.</summary>
    public static bool TryEncode(RecordType type, string value, [NotNullWhen(true)] out string? content, out string problem)
    {
        content = null;
        if (!RecordData.TryEncode(type, value, out _, out problem))
            return false;
        content = type switch
        {
            RecordType.Txt => ZoneFile.Data(type, value),
            RecordType.Cname => DnsName.Parse(value).ToString(),
            _ => IPAddress.Parse(value).ToString(),
        };
        if (type != RecordType.Cname || (content != "." && !content.Contains('\\', StringComparison.Ordinal)))
            return true;
        problem = $"\"{value}\" is no target that Cloudflare can hold";
        content = null;
        return false;
    }

    /// <summary>The value of a record, in the form of <see cref="RecordSet.Values"/>.</summary>
    public static string Decode(RecordType type, DnsEntry entry)
    {
        var content = entry.Content ?? "";
        var value = type switch
        {
            RecordType.Txt => Unquote(content),
            RecordType.Cname => content.TrimEnd('.').ToLowerInvariant(),
            _ => IPAddress.TryParse(content, out var address) ? address.ToString() : content,
        };
        return entry.Proxied == true ? value + Proxied : value;
    }

    // Content that is not quoted strings from end to end is what somebody typed: it is taken as it is. Each byte becomes one character,
    // so that values of other bytes stay apart.
    private static string Unquote(string content)
    {
        var text = new StringBuilder(content.Length);
        var at = 0;
        while (at < content.Length)
        {
            if (char.IsWhiteSpace(content[at]))
            {
                at++;
                continue;
            }

            if (content[at] != '"' || !TryReadString(content, ref at, text))
                return Latin1(content);
        }

        return text.Length > 0 || content.Contains('"', StringComparison.Ordinal) ? text.ToString() : Latin1(content);
    }

    private static bool TryReadString(string content, ref int at, StringBuilder text)
    {
        for (at++; at < content.Length; at++)
        {
            switch (content[at])
            {
                case '"':
                    at++;
                    return true;
                case '\\' when at + 3 < content.Length && byte.TryParse(content.AsSpan(at + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code):
                    text.Append((char)code);
                    at += 3;
                    break;
                case '\\' when at + 1 < content.Length:
                    text.Append(Latin1(content[++at].ToString()));
                    break;
                default:
                    text.Append(Latin1(content[at].ToString()));
                    break;
            }
        }

        return false;
    }

    private static string Latin1(string text) =>
        Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
