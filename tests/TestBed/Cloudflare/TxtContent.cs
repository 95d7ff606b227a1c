using System.Globalization;
using System.Text;

namespace MtaSts.TestBed.Cloudflare;

/// <summary>TXT content: strings in quotes (rfc1035#5.1), or bare text. The test bed's own reading of it, apart from the product's.</summary>
public static class TxtContent
{
    private const int StringBytesMax = 255; // rfc1035#3.3.14

    /// <summary>The bytes of all strings together; false where a quoted string does not end, or is too long.</summary>
    public static bool TryParse(string content, out byte[] bytes)
    {
        var all = new List<byte>();
        bytes = [];
        var rest = content.AsSpan().Trim();
        if (rest.IsEmpty || rest[0] != '"')
        {
            bytes = Encoding.UTF8.GetBytes(content);
            return true;
        }

        while (!rest.IsEmpty)
        {
            if (rest[0] != '"' || !TryReadString(ref rest, out var one) || one.Count > StringBytesMax)
                return false;
            all.AddRange(one);
            rest = rest.TrimStart();
        }

        bytes = [.. all];
        return true;
    }

    /// <summary>One quoted string as dig prints it, however long.</summary>
    public static string Print(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes)
        {
            if (b is (byte)'"' or (byte)'\\')
                text.Append('\\').Append((char)b);
            else if (b is < 0x20 or > 0x7e)
                text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
            else
                text.Append((char)b);
        }

        return text.Append('"').ToString();
    }

    private static bool TryReadString(ref ReadOnlySpan<char> rest, out List<byte> bytes)
    {
        bytes = [];
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return true;
            }

            if (rest[i] == '\\' && i + 3 < rest.Length && byte.TryParse(rest.Slice(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                bytes.Add(code);
                i += 3;
                continue;
            }

            if (rest[i] == '\\' && ++i == rest.Length)
                return false;
            bytes.AddRange(Encoding.UTF8.GetBytes(rest[i].ToString()));
        }

        return false;
    }
}
