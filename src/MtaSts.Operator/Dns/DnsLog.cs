using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns;

// Ids 2200 to 2399 are this folder's and do not change.
internal static partial class DnsLog
{
    [LoggerMessage(2200, LogLevel.Information, "Wrote {Record} in zone {Zone} for {Owner}")]
    public static partial void Written(ILogger logger, RecordKey record, string zone, OwnerIdentity owner);

    [LoggerMessage(2201, LogLevel.Information, "Removed {Record} in zone {Zone} for {Owner}")]
    public static partial void Removed(ILogger logger, RecordKey record, string zone, OwnerIdentity owner);

    [LoggerMessage(2202, LogLevel.Warning, "Left {Record} alone ({Reason}): {Explanation}")]
    public static partial void Refused(ILogger logger, RecordKey record, Reason reason, string explanation);

    [LoggerMessage(2203, LogLevel.Warning, "Could not publish {Record} ({Reason}): {Explanation}")]
    public static partial void Failed(ILogger logger, RecordKey record, Reason reason, string explanation);

    [LoggerMessage(2204, LogLevel.Information, "Somebody else wrote {Name} in zone {Zone} at the same moment; reading again")]
    public static partial void Conflict(ILogger logger, string name, string zone);

    [LoggerMessage(2220, LogLevel.Warning, "No answer from {Server} to the update of {Name}; a read says that it is {State}")]
    public static partial void AnswerLost(ILogger logger, string server, string name, string state);
}
