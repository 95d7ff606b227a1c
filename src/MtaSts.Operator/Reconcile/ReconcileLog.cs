namespace MtaSts.Operator.Reconcile;

internal static partial class ReconcileLog
{
    [LoggerMessage(2400, LogLevel.Information, "{Policy}: {Domain} moves from {From} to {To} ({Reason})")]
    public static partial void Moved(ILogger logger, string policy, string domain, string from, string to, string reason);

    [LoggerMessage(2401, LogLevel.Information, "{Policy}: {Domain} serves document {Id}, mode {Mode}")]
    public static partial void Serving(ILogger logger, string policy, string domain, string id, string mode);

    [LoggerMessage(2402, LogLevel.Information, "{Policy}: {Domain} publishes id {Id}, whose document was seen from outside")]
    public static partial void Publishing(ILogger logger, string policy, string domain, string id);

    [LoggerMessage(2403, LogLevel.Information, "{Policy}: Ready={Status} {Reason}: {Message}")]
    public static partial void Ready(ILogger logger, string policy, string status, string reason, string message);

    [LoggerMessage(2404, LogLevel.Information, "{Policy}: {Domain} is taken down ({DeletionPolicy})")]
    public static partial void TakenDown(ILogger logger, string policy, string domain, string deletionPolicy);

    [LoggerMessage(2405, LogLevel.Error, "{Policy} does not deserialise and is left alone: {Error}")]
    public static partial void Unreadable(ILogger logger, string policy, string error);

    [LoggerMessage(2406, LogLevel.Information, "{Policy} waits for the retirement of its domain to let go: {Why}")]
    public static partial void TakeoverWaits(ILogger logger, string policy, string why);

    [LoggerMessage(2410, LogLevel.Information, "Class {Class}: {Condition}={Status} {Reason}: {Message}")]
    public static partial void ClassSettled(ILogger logger, string @class, string condition, string status, string reason, string message);

    [LoggerMessage(2411, LogLevel.Information, "Provider {Provider}: {Condition}={Status} {Reason}: {Message}")]
    public static partial void ProviderSettled(ILogger logger, string provider, string condition, string status, string reason, string message);

    [LoggerMessage(2420, LogLevel.Information, "mtasts {Version} is starting: owner id {OwnerId}, namespace {Namespace}, serving in {Serving}")]
    public static partial void Starting(ILogger logger, string version, string ownerId, string @namespace, string serving);

    [LoggerMessage(2421, LogLevel.Information, "All caches are filled")]
    public static partial void Synced(ILogger logger);

    [LoggerMessage(2422, LogLevel.Critical, "The leadership is lost; the process ends so that nothing is written by two")]
    public static partial void LeadershipLost(ILogger logger);

    [LoggerMessage(2423, LogLevel.Warning, "The owner id, which is the cluster's own where --owner-id gives none, is not known yet: {Problem}; asking again in {Seconds} s")]
    public static partial void OwnerIdUnknown(ILogger logger, string problem, double seconds);
}
