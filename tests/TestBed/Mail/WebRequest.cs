using System.Globalization;

namespace MtaSts.TestBed.Mail;

/// <summary>A request that the web server has answered.</summary>
/// <param name="At">When the answer was sent, in UTC, to the millisecond.</param>
/// <param name="Client">Who asked.</param>
/// <param name="Host">The host asked for.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="Bytes">Length of its body.</param>
/// <param name="UpstreamStatus">Status that the upstream gave; <c>-</c> without one, a list where several were tried.</param>
/// <param name="Tag">The upstream's entity tag without its quotes; empty where it gave none.</param>
/// <param name="Request">For example <c>GET /.well-known/mta-sts.txt HTTP/1.1</c>.</param>
public sealed record WebRequest(
    DateTimeOffset At, string Client, string Host, int Status, long Bytes, string UpstreamStatus, string Tag, string Request)
{
    // The format is in WebServer: seconds with milliseconds, client, host, status, bytes, "upstream's status", "its entity tag", request.
    internal static WebRequest Parse(string line)
    {
        var quoted = line.Split('"', 5);
        var fields = quoted[0].Split(' ');
        var culture = CultureInfo.InvariantCulture;
        return new WebRequest(
            DateTimeOffset.FromUnixTimeMilliseconds((long)(decimal.Parse(fields[0], culture) * 1000)),
            fields[1], fields[2], int.Parse(fields[3], culture), long.Parse(fields[4], culture), quoted[1],
            quoted[3].Replace(@"\x22", "", StringComparison.Ordinal).Trim('-'), quoted[4].Trim());
    }
}
