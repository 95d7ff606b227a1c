namespace MtaSts.Core.Observations;

/// <summary>What follows from several replies.</summary>
internal static class DnsReplies
{
    /// <summary>
    /// The replies that leave something unknown. A server without a route from here counts only where no server at all gave a definite answer.
    /// </summary>
    public static IEnumerable<DnsReply> Failed(IReadOnlyCollection<DnsReply> replies)
    {
        var someDefinite = replies.Any(r => r.IsDefinite);
        return replies.Where(r => !r.IsDefinite && !(someDefinite && r.Status == DnsStatus.NoRoute));
    }
}
