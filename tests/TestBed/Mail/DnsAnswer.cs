using System.Text.RegularExpressions;

namespace MtaSts.TestBed.Mail;

/// <summary>What a name server said.</summary>
/// <param name="Status">The response code, for example <c>NOERROR</c>; <c>TIMEOUT</c> when none came.</param>
/// <param name="IsAuthoritative">Whether the AA bit is set.</param>
/// <param name="Data">The right sides of the answer section, as a zone file has them.</param>
/// <param name="Raw">All that dig printed.</param>
public sealed partial record DnsAnswer(string Status, bool IsAuthoritative, IReadOnlyList<string> Data, string Raw)
{
    internal static DnsAnswer Parse(string text)
    {
        var header = Header().Match(text);
        var flags = Flags().Match(text);
        var data = text.Split('\n')
            .Where(static line => line.Length > 0 && line[0] != ';')
            .Select(static line => line.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries))
            .Where(static fields => fields.Length == 5)
            .Select(static fields => fields[4])
            .ToList();
        return new DnsAnswer(
            header.Success ? header.Groups[1].Value : "TIMEOUT",
            flags.Success && flags.Groups[1].Value.Split(' ').Contains("aa"),
            data,
            text);
    }

    [GeneratedRegex("status: ([A-Z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex("flags: ([a-z ]*);", RegexOptions.CultureInvariant)]
    private static partial Regex Flags();
}
