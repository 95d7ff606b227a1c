using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>The log messages of the runtime. Ids 1000 to 1999 are its own and never change their meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "{Kind}: listed {Count} objects at resource version {ResourceVersion}")]
    public static partial void Listed(ILogger logger, string kind, int count, string resourceVersion);

    [LoggerMessage(1001, LogLevel.Warning, "{Kind}: list failed ({Error}); next try in {Wait}")]
    public static partial void ListFailed(ILogger logger, string kind, string error, TimeSpan wait);

    [LoggerMessage(1002, LogLevel.Warning, "{Kind}: watch failed ({Error}); next try in {Wait}")]
    public static partial void WatchFailed(ILogger logger, string kind, string error, TimeSpan wait);

    [LoggerMessage(1003, LogLevel.Information, "{Kind}: listing again ({Reason})")]
    public static partial void Relisting(ILogger logger, string kind, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "{Kind}: nothing heard for {Silence}; reconnecting")]
    public static partial void WatchStalled(ILogger logger, string kind, TimeSpan silence);

    [LoggerMessage(1005, LogLevel.Error, "{Kind} {Key} cannot be read and is left as it was: {Error}")]
    public static partial void Unreadable(ILogger logger, string kind, string key, string error);

    [LoggerMessage(1006, LogLevel.Error, "{Kind}: a handler of changes threw; its change of {Key} is lost to it")]
    public static partial void HandlerThrew(ILogger logger, Exception exception, string kind, string key);

    [LoggerMessage(1007, LogLevel.Warning, "{Kind}: this server does not have the API; next try in {Wait}")]
    public static partial void KindMissing(ILogger logger, string kind, TimeSpan wait);

    [LoggerMessage(1008, LogLevel.Error, "{Kind}: unexpected failure of the informer; next try in {Wait}")]
    public static partial void InformerThrew(ILogger logger, Exception exception, string kind, TimeSpan wait);

    [LoggerMessage(1100, LogLevel.Error, "{Controller} {Key}: the pass threw; next try in {Wait}")]
    public static partial void PassFailed(ILogger logger, Exception exception, string controller, string key, TimeSpan wait);

    [LoggerMessage(1101, LogLevel.Error, "{Controller} {Key}: the pass was cancelled after {Deadline}; next try in {Wait}")]
    public static partial void PassOverran(ILogger logger, string controller, string key, TimeSpan deadline, TimeSpan wait);

    [LoggerMessage(1102, LogLevel.Error, "{Controller} {Key}: the pass does not end and was left behind after {Limit}")]
    public static partial void PassAbandoned(ILogger logger, string controller, string key, TimeSpan limit);

    [LoggerMessage(1103, LogLevel.Warning, "{Controller}: {Held} passes still run {Deadline} after the stop and are cancelled")]
    public static partial void DrainOverrun(ILogger logger, string controller, int held, TimeSpan deadline);

    [LoggerMessage(1104, LogLevel.Warning, "{Controller} {Key}: {Error}")]
    public static partial void ReconcileFailed(ILogger logger, Exception? exception, string controller, string key, string error);

    [LoggerMessage(1105, LogLevel.Information, "{Controller}: started with {Count} keys")]
    public static partial void ControllerStarted(ILogger logger, string controller, int count);

    [LoggerMessage(1106, LogLevel.Information, "{Controller}: stopped")]
    public static partial void ControllerStopped(ILogger logger, string controller);

    [LoggerMessage(1107, LogLevel.Information, "{Controller} {Key}: finalizer {Finalizer} added")]
    public static partial void FinalizerAdded(ILogger logger, string controller, string key, string finalizer);

    [LoggerMessage(1108, LogLevel.Information, "{Controller} {Key}: finalizer {Finalizer} done and removed")]
    public static partial void FinalizerRemoved(ILogger logger, string controller, string key, string finalizer);

    [LoggerMessage(1109, LogLevel.Warning, "{Controller} {Key}: {Error}; next try in {Wait}")]
    public static partial void PassPutOff(ILogger logger, string controller, string key, string error, TimeSpan wait);

    [LoggerMessage(1200, LogLevel.Information, "lease {Lease}: {Identity} leads")]
    public static partial void LeadershipGained(ILogger logger, string lease, string identity);

    [LoggerMessage(1201, LogLevel.Critical, "lease {Lease}: {Identity} lost the leadership ({Reason}); everything it did stops")]
    public static partial void LeadershipLost(ILogger logger, string lease, string identity, string reason);

    [LoggerMessage(1202, LogLevel.Information, "lease {Lease}: {Identity} released it")]
    public static partial void LeadershipReleased(ILogger logger, string lease, string identity);

    [LoggerMessage(1203, LogLevel.Warning, "lease {Lease}: {Error}")]
    public static partial void LeaseFailed(ILogger logger, string lease, string error);

    [LoggerMessage(1204, LogLevel.Information, "lease {Lease}: held by {Holder}; waiting")]
    public static partial void LeaseHeldByOther(ILogger logger, string lease, string holder);

    [LoggerMessage(1205, LogLevel.Warning, "lease {Lease}: could not be released ({Error}); it runs out by itself")]
    public static partial void ReleaseFailed(ILogger logger, string lease, string error);

    [LoggerMessage(1300, LogLevel.Warning, "event {Reason} for {Regarding} could not be written: {Error}")]
    public static partial void EventFailed(ILogger logger, string reason, string regarding, string error);

    [LoggerMessage(1301, LogLevel.Warning, "{Count} events were dropped: more than the recorder writes")]
    public static partial void EventsDropped(ILogger logger, long count);
}
