using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Dns.Http;

/// <summary>Record data between the text of zone files (rfc1035#5.1), which HTTP APIs speak, and our values.</summary>
internal static class PresentationForm
{
    private const int TxtStringBytesMax = 255; // rfc1035#3.3.14
    private const int DataBytesMax = 65535;

    /// <summary>The type as it is written.</summary>
    public static string Name(RecordType type) => type switch
    {
        RecordType.A => "A",
        RecordType.Aaaa => "AAAA",
        RecordType.Cname => "CNAME",
        _ => "TXT",
    };

    /// <summary>The value of a record's text; null when the text is not of the type. TXT: the strings joined, one character a byte.</summary>
    public static string? Decode(RecordType type, string content) => type switch
    {
        RecordType.A => Address(content, AddressFamily.InterNetwork),
        RecordType.Aaaa => Address(content, AddressFamily.InterNetworkV6),
        RecordType.Cname => DnsName.TryParse(content, out var name) ? name.ToString() : null,
        _ => Strings(content),
    };

    /// <summary>The text of a value that we want; on failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryEncode(RecordType type, string value, [NotNullWhen(true)] out string? content, out string problem)
    {
        problem = "";
        content = type switch
        {
            RecordType.A => Address(value, AddressFamily.InterNetwork),
            RecordType.Aaaa => Address(value, AddressFamily.InterNetworkV6),
            RecordType.Cname => DnsName.TryParse(value, out var name) ? name + (name.IsRoot ? "" : ".") : null,
            _ => Quote(value),
        };
        if (content is null)
        {
            problem = type == RecordType.Txt
                ? "a TXT value is of ASCII characters, at most 65535 bytes with its cuts"
                : $"\"{value}\" is no value for {Name(type)}";
        }

        return content is not null;
    }

    private static string? Quote(string value) =>
        Ascii.IsValid(value) && value.Length + (value.Length + TxtStringBytesMax - 1) / TxtStringBytesMax <= DataBytesMax ? ZoneFile.Data(RecordType.Txt, value) : null;

    // <character-string>s, quoted or not (rfc1035#5.1); null when a quote or an escape is not complete.
    private static string? Strings(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content).AsSpan();
        var text = new StringBuilder();
        var any = false;
        var quoted = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b == '"')
            {
                quoted = !quoted;
                any = true;
            }
            else if (b == '\\')
            {
                if (!TryUnescape(bytes, ref i, out b))
                    return null;
                text.Append((char)b);
                any = true;
            }
            else if (quoted || b is not ((byte)' ' or (byte)'\t'))
            {
                text.Append((char)b);
                any = true;
            }
        }

        return any && !quoted ? text.ToString() : null;
    }

    private static bool TryUnescape(ReadOnlySpan<byte> bytes, ref int i, out byte value)
    {
        value = 0;
        if (i + 1 >= bytes.Length)
            return false;
        if (!char.IsAsciiDigit((char)bytes[i + 1]))
        {
            value = bytes[++i];
            return true;
        }

        if (i + 3 >= bytes.Length || !byte.TryParse(bytes.Slice(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return false;
        i += 3;
        return true;
    }

    // No scope: "fe80::1%eth0" is of one machine.
    private static string? Address(string text, AddressFamily family) =>
        !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address) && address.AddressFamily == family
            ? address.ToString()
            : null;
}
