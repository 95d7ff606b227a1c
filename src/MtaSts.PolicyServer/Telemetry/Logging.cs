using MtaSts.PolicyServer.CommandLine;

namespace MtaSts.PolicyServer.Telemetry;

/// <summary>Where log lines go: to the standard output, one line per event, in UTC.</summary>
internal static class Logging
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static ILoggerFactory Create(LogFormat format) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information);
        // The web server warns of each connection above the limit: a line per packet for who wants to fill a disk.
        builder.AddFilter("Microsoft", LogLevel.Error);
        if (format == LogFormat.Json)
        {
            builder.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, TimestampFormat.TrimEnd()));
        }
        else
        {
            builder.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, TimestampFormat));
        }
    });
}
