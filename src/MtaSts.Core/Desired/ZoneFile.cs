using System.Globalization;
using System.Text;

namespace MtaSts.Core.Desired;

/// <summary>Records as a zone file has them (rfc1035#5.1), for people to copy.</summary>
public static class ZoneFile
{
    private const int StringOctetsMax = 255; // rfc1035#3.3

    /// <summary>A line for each record of a set: <c>name. ttl IN TYPE data</c>.</summary>
    public static IEnumerable<string> Lines(RecordSet set) => set.Values.Select(value => string.Create(
        CultureInfo.InvariantCulture, $"{set.Key.Name}. {set.TtlSeconds} IN {set.Key.Type.ToString().ToUpperInvariant()} {Data(set.Key.Type, value)}"));

    /// <summary>A comment that asks for a set to be removed.</summary>
    public static string Removal(RecordKey key) => $"; remove {key.Name}. {key.Type.ToString().ToUpperInvariant()}";

    /// <summary>The data of a record. Text is cut into strings of 255 octets, each in quotes, with whatever a quote could end escaped.</summary>
    /// <param name="type">The type.</param>
    /// <param name="value">The value, as <see cref="RecordSet.Values"/> has it.</param>
    public static string Data(RecordType type, string value) => type switch
    {
        RecordType.Cname => value + ".",
        RecordType.Txt when value.Length == 0 => "\"\"",
        RecordType.Txt => string.Join(' ', Encoding.UTF8.GetBytes(value).Chunk(StringOctetsMax).Select(octets => $"\"{string.Concat(octets.Select(Escaped))}\"")),
        _ => value,
    };

    private static string Escaped(byte octet) => octet switch
    {
        (byte)'"' or (byte)'\\' => $"\\{(char)octet}",
        < 0x20 or > 0x7E => string.Create(CultureInfo.InvariantCulture, $"\\{octet:D3}"),
        _ => ((char)octet).ToString(),
    };
}
