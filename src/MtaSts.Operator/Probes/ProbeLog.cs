
namespace MtaSts.Operator.Probes;

/// <summary>What probes log: ids 2000 to 2199. Outcomes are data and not logged; these are things about ourselves.</summary>
internal static partial class ProbeLog
{
    [LoggerMessage(2000, LogLevel.Debug, "Observed {Domain} in {Seconds:F1} s")]
    public static partial void Observed(ILogger logger, string domain, double seconds);

    [LoggerMessage(2001, LogLevel.Warning, "Observing {Domain} took longer than its overall deadline of {Seconds} s; {Part} is told as not known")]
    public static partial void OverallDeadline(ILogger logger, string domain, double seconds, string part);

    [LoggerMessage(2002, LogLevel.Warning, "No mail server has answered on port {Port} lately, of {Hosts} tried: the way out seems blocked")]
    public static partial void EgressBlocked(ILogger logger, int port, int hosts);

    [LoggerMessage(2003, LogLevel.Error, "Probing {Part} of {Domain} failed in a way that was not foreseen; it is told as not known")]
    public static partial void Unforeseen(ILogger logger, Exception exception, string domain, string part);
}
