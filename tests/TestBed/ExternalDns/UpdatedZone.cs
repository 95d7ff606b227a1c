using System.Globalization;
using System.Net;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;
using MtaSts.TestBed.Webhook;

namespace MtaSts.TestBed.ExternalDns;

/// <summary>One record of a zone.</summary>
/// <param name="Name">Lower case, without a dot at its end.</param>
/// <param name="Type">For example TXT.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Data">As a zone file has it; TXT as the text itself.</param>
internal sealed record ZoneLine(string Name, string Type, long Ttl, string Data)
{
    /// <summary>A record whose data came as text of a zone file.</summary>
    public static ZoneLine Of(string name, string type, long ttl, string data) =>
        new(name, type, ttl, type == "TXT" ? WebhookText.Unquote(data) : data.ToLowerInvariant());
}

/// <summary>A zone that a name server lets us read by transfer and change by update. Other programs than the operator's own code do both.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Zone">The apex, without a dot at its end.</param>
/// <param name="Key">Signs updates.</param>
public sealed record UpdatedZone(IPAddress Server, int Port, string Zone, TsigKey Key)
{
    private string PortText => Port.ToString(CultureInfo.InvariantCulture);

    internal async Task<IReadOnlyList<ZoneLine>> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = await Command.OutputAsync(
            "dig", [$"@{Server}", "-p", PortText, Zone, "AXFR", "+time=5", "+tries=2", "+noall", "+answer"], cancellationToken: cancellationToken);
        return
        [
            .. lines.Split('\n')
                .Select(line => line.Split((char[])['\t', ' '], 5, StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length == 5 && fields[0][0] != ';' && fields[3] is "A" or "AAAA" or "CNAME" or "TXT")
                .Select(fields => ZoneLine.Of(fields[0].TrimEnd('.').ToLowerInvariant(), fields[3], long.Parse(fields[1], CultureInfo.InvariantCulture), fields[4])),
        ];
    }

    /// <exception cref="ChildProcessException">The server refused.</exception>
    internal Task UpdateAsync(IReadOnlyList<string> commands, CancellationToken cancellationToken) => Command.OutputAsync(
        "nsupdate", ["-v", "-t", "15", "-y", $"{Key.Algorithm}:{Key.Name}:{Key.Secret}"],
        string.Join('\n', [$"server {Server} {PortText}", $"zone {Zone}.", .. commands, "send", ""]), cancellationToken: cancellationToken);
}
