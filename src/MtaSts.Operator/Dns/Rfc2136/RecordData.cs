using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MtaSts.Core.Desired;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>Record data between wire and text. Wire to text loses nothing of a TXT value but where its strings were cut.</summary>
internal static class RecordData
{
    private const int TxtStringBytesMax = 255; // rfc1035#3.3.14
    private const int DataBytesMax = 65535;

    public static ushort TypeNumber(RecordType type) => type switch
    {
        RecordType.A => DnsNumbers.TypeA,
        RecordType.Aaaa => DnsNumbers.TypeAaaa,
        RecordType.Cname => DnsNumbers.TypeCname,
        _ => DnsNumbers.TypeTxt,
    };

    /// <summary>The text of a record's data; null when the data is not of the type.</summary>
    public static string? Decode(RecordType type, ImmutableArray<byte> data) => type switch
    {
        RecordType.A => data.Length == 4 ? new IPAddress(data.AsSpan()).ToString() : null,
        RecordType.Aaaa => data.Length == 16 ? new IPAddress(data.AsSpan()).ToString() : null,
        RecordType.Cname => DnsReader.ReadName(data.AsSpan())?.ToString(),
        _ => DecodeTxt(data.AsSpan()),
    };

    /// <summary>The data of a value that we want; on failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryEncode(RecordType type, string value, [NotNullWhen(true)] out byte[]? data, out string problem)
    {
        problem = "";
        data = type switch
        {
            RecordType.A => EncodeAddress(value, AddressFamily.InterNetwork),
            RecordType.Aaaa => EncodeAddress(value, AddressFamily.InterNetworkV6),
            RecordType.Cname => DnsName.TryParse(value, out var name) ? new DnsWriter().Name(name).ToArray() : null,
            _ => EncodeTxt(value),
        };
        if (data is null)
        {
            problem = type == RecordType.Txt
                ? "a TXT value is of ASCII characters, at most 65535 bytes with its cuts"
                : $"\"{value}\" is no value for {type.ToString().ToUpperInvariant()}";
        }

        return data is not null;
    }

    // Latin-1 maps each byte to one character: a sibling of other bytes stays recognisable.
    private static string? DecodeTxt(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        for (var at = 0; at < data.Length; at += 1 + data[at])
        {
            if (at + 1 + data[at] > data.Length)
                return null;
            text.Append(Encoding.Latin1.GetString(data.Slice(at + 1, data[at])));
        }

        return data.IsEmpty ? null : text.ToString();
    }

    private static byte[]? EncodeTxt(string value)
    {
        if (!Ascii.IsValid(value))
            return null;
        var writer = new DnsWriter();
        var left = Encoding.ASCII.GetBytes(value).AsSpan();
        do
        {
            var part = left[..Math.Min(left.Length, TxtStringBytesMax)];
            writer.U8(part.Length).Bytes(part);
            left = left[part.Length..];
        }
        while (!left.IsEmpty);

        var data = writer.ToArray();
        return data.Length <= DataBytesMax ? data : null;
    }

    private static byte[]? EncodeAddress(string value, AddressFamily family) =>
        IPAddress.TryParse(value, out var address) && address.AddressFamily == family ? address.GetAddressBytes() : null;
}
