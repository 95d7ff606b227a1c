using System.Text.RegularExpressions;

namespace MtaSts.TestBed.Mail;

/// <summary>Reads the fate of a mail out of Postfix's log.</summary>
internal static partial class SenderLog
{
    /// <summary>The last thing that the log says of the mail with this Message-ID.</summary>
    public static SendOutcome OutcomeOf(string messageId, IReadOnlyList<string> lines)
    {
        string? queueId = null;
        SendOutcome outcome = new SendOutcome.Unknown();
        // The process that delivers logs the state of its connection before the outcome.
        var secured = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (MessageId().Match(line) is { Success: true } named && named.Groups["message"].Value == messageId)
            {
                queueId = named.Groups["queue"].Value;
            }
            else if (Secured().Match(line) is { Success: true } tls)
            {
                secured[tls.Groups["pid"].Value] = tls.Groups["how"].Value;
            }
            else if (Status().Match(line) is { Success: true } status)
            {
                var pid = status.Groups["pid"].Value;
                secured.Remove(pid, out var how);
                if (status.Groups["queue"].Value != queueId) continue;
                var reason = status.Groups["reason"].Value;
                outcome = status.Groups["status"].Value switch
                {
                    "sent" => new SendOutcome.Delivered(status.Groups["relay"].Value, how),
                    "deferred" => new SendOutcome.Deferred(reason),
                    _ => new SendOutcome.Bounced(reason),
                };
            }
        }

        return outcome;
    }

    /// <summary>The reasons of all attempts to a recipient that did not succeed yet, or never will.</summary>
    public static IReadOnlyList<string> DeferralsOf(string recipient, IReadOnlyList<string> lines) =>
    [
        .. lines.Where(line => line.Contains($" to=<{recipient}>", StringComparison.Ordinal))
            .Select(line => Status().Match(line))
            .Where(status => status.Success && status.Groups["status"].Value != "sent")
            .Select(status => status.Groups["reason"].Value),
    ];

    [GeneratedRegex(@"/cleanup\[\d+\]: (?<queue>\w+): message-id=<(?<message>[^>]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"/smtp\[(?<pid>\d+)\]: (?<how>\w+) TLS connection established to ", RegexOptions.CultureInvariant)]
    private static partial Regex Secured();

    [GeneratedRegex(
        @"/(?:smtp|error|retry)\[(?<pid>\d+)\]: (?<queue>\w+): to=<.*, relay=(?<relay>[^,]+),.* status=(?<status>\w+) \((?<reason>.*)\)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Status();
}
