namespace MtaSts.Operator.Dns.Cloudflare;

// Ids 2240 to 2259 are this folder's and do not change.
internal static partial class CloudflareLog
{
    [LoggerMessage(2240, LogLevel.Warning, "No answer from Cloudflare to the changes at {Name}; a read says that they are {State}")]
    public static partial void AnswerLost(ILogger logger, string name, string state);
}
