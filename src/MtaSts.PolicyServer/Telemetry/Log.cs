using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Telemetry;

/// <summary>Every line that the server logs. The ids are stable: 3000 to 3999 are the policy server's.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "policies are served at {Address}, health and metrics at {HealthAddress}")]
    public static partial void Listening(this ILogger logger, string address, string healthAddress);

    [LoggerMessage(3001, LogLevel.Information, "loaded {Policies} policies of {Bytes} bytes in {Milliseconds:F0} ms, skipped {Skipped} files")]
    public static partial void Loaded(this ILogger logger, int policies, int bytes, double milliseconds, int skipped);

    [LoggerMessage(3002, LogLevel.Warning, "{File} is not served: {Reason}")]
    public static partial void Skipped(this ILogger logger, string file, SkipReason reason);

    [LoggerMessage(3003, LogLevel.Warning, "{Files} more files are not served")]
    public static partial void MoreSkipped(this ILogger logger, int files);

    [LoggerMessage(3004, LogLevel.Error, "cannot read {Folder}: {Problem}; going on with the {Policies} policies read before")]
    public static partial void LoadFailed(this ILogger logger, string folder, string problem, int policies);

    [LoggerMessage(3005, LogLevel.Information, "{Signal}: not ready any more, answering for {Seconds} more seconds")]
    public static partial void Draining(this ILogger logger, string signal, double seconds);

    [LoggerMessage(3006, LogLevel.Information, "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(3007, LogLevel.Critical, "cannot start: {Problem}")]
    public static partial void CannotStart(this ILogger logger, string problem);

    [LoggerMessage(3008, LogLevel.Warning, "this machine has no IPv6: listening on {Address} instead of {Wanted}")]
    public static partial void NoIPv6(this ILogger logger, string address, string wanted);

    [LoggerMessage(3009, LogLevel.Information, "policies are served over TLS at {Address}, with the certificates of {Folder}")]
    public static partial void ListeningTls(this ILogger logger, string address, string folder);

    [LoggerMessage(3010, LogLevel.Information, "the certificates of {Domains} domains are there")]
    public static partial void Certificates(this ILogger logger, int domains);

    [LoggerMessage(3011, LogLevel.Error, "the certificate of {Domain} cannot be used: {Problem}; {Instead}")]
    public static partial void CertificateUnusable(this ILogger logger, string domain, string problem, string instead);

    [LoggerMessage(3012, LogLevel.Error, "cannot read {Folder}: {Problem}; going on with the certificates read before")]
    public static partial void CertificatesUnreadable(this ILogger logger, string folder, string problem);
}
