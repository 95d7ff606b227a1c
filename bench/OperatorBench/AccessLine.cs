using System.Globalization;

namespace MtaSts.Bench;

/// <summary>A line of the web server's access log: when it answered, for which host, and how.</summary>
internal sealed record AccessLine(DateTimeOffset At, string Host, int Status)
{
    /// <summary>Reads "SECONDS.MILLISECONDS CLIENT HOST STATUS ...".</summary>
    public static AccessLine Parse(string line)
    {
        var fields = line.Split(' ', 5);
        var milliseconds = (long)(decimal.Parse(fields[0], CultureInfo.InvariantCulture) * 1000);
        return new AccessLine(
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), fields[2], int.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
