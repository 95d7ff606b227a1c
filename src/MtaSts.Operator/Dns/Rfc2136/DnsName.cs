using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>A domain name in lower case. Its text has no final dot; what is not a plain character is written as \DDD (rfc1035#5.1).</summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    private const int WireBytesMax = 255; // rfc1035#2.3.4
    private const int LabelBytesMax = 63; // rfc1035#2.3.4
    private const string Escaped = ".\\\"();@$ ";

    private readonly byte[][] _labels;

    private DnsName(byte[][] labels) => _labels = labels;

    public static DnsName Root { get; } = new([]);

    public bool IsRoot => _labels.Length == 0;

    public int LabelCount => _labels.Length;

    /// <summary>The name without its first label; the root has none.</summary>
    public DnsName Parent => new(_labels[1..]);

    public IReadOnlyList<byte[]> Labels => _labels;

    /// <summary>Reads a name of ASCII text; \DDD and \X are understood, a final dot is optional.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DnsName? name)
    {
        name = null;
        var labels = new List<byte[]>();
        var label = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (label.Count == 0)
                    return false;
                labels.Add([.. label]);
                label.Clear();
                continue;
            }

            if (c == '\\' && i + 3 < text.Length && byte.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                label.Add(code);
                i += 3;
                continue;
            }

            if (c == '\\' && ++i == text.Length)
                return false;
            if (text[i] is <= ' ' or > '~')
                return false;
            label.Add((byte)text[i]);
        }

        if (label.Count > 0)
            labels.Add([.. label]);
        return TryCreate(labels, out name);
    }

    public static DnsName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"\"{text}\" is not a DNS name");

    /// <summary>A name of the given labels; false when one is too long or all are.</summary>
    public static bool TryCreate(IEnumerable<byte[]> labels, [NotNullWhen(true)] out DnsName? name)
    {
        byte[][] lower = [.. labels.Select(l => l.Select(ToLower).ToArray())];
        var isValid = lower.All(l => l.Length is > 0 and <= LabelBytesMax) && lower.Sum(l => l.Length + 1) + 1 <= WireBytesMax;
        name = isValid ? new DnsName(lower) : null;
        return isValid;
    }

    public DnsName Child(string label) =>
        TryCreate([Encoding.ASCII.GetBytes(label), .. _labels], out var name) ? name : throw new FormatException("the name is too long");

    /// <summary>True for the name itself and all below it.</summary>
    public bool IsAtOrBelow(DnsName zone) =>
        _labels.Length >= zone._labels.Length
        && _labels[^zone._labels.Length..].Zip(zone._labels).All(p => p.First.AsSpan().SequenceEqual(p.Second));

    public bool Equals(DnsName? other) => other is not null && other._labels.Length == _labels.Length && IsAtOrBelow(other);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => IsRoot ? "." : string.Join('.', _labels.Select(LabelText));

    private static string LabelText(byte[] label)
    {
        var text = new StringBuilder();
        foreach (var b in label)
        {
            if (b is > 0x20 and < 0x7f && !Escaped.Contains((char)b, StringComparison.Ordinal))
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
        }

        return text.ToString();
    }

    private static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
