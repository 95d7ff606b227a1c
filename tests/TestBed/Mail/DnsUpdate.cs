using System.Globalization;
using System.Text.RegularExpressions;

namespace MtaSts.TestBed.Mail;

/// <summary>One line of the primary's log of updates: a record added or deleted, or a message refused.</summary>
/// <param name="At">When, in UTC, to the millisecond.</param>
/// <param name="Zone">The zone; null where the line names none (a bad signature).</param>
/// <param name="Key">The key that signed the message; null where it was not signed or the signature was bad.</param>
/// <param name="Text">What was done, in BIND's words, for example <c>adding an RR at 'x.example.test' TXT "y"</c>.</param>
public sealed partial record DnsUpdate(DateTimeOffset At, string? Zone, string? Key, string Text)
{
    internal static DnsUpdate? Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        // Each signed message has a line that its signer may do this; what it did follows.
        if (line.EndsWith(" approved", StringComparison.Ordinal)) return null;
        if (space < 0 || !DateTimeOffset.TryParse(line[..space], CultureInfo.InvariantCulture, out var at)) return null;
        var update = Update().Match(line);
        var key = KeyName().Match(line);
        return new DnsUpdate(
            at,
            update.Success ? update.Groups["zone"].Value : null,
            key.Success ? key.Groups[1].Value : null,
            update.Success ? update.Groups["text"].Value : line[(space + 1)..]);
    }

    [GeneratedRegex(@"(?:updating zone|update) '(?<zone>[^'/]+)/IN'[: ]*(?<text>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Update();

    [GeneratedRegex(@"/key ([^ :]+)", RegexOptions.CultureInvariant)]
    private static partial Regex KeyName();
}
