namespace MtaSts.Core.Observations;

/// <summary>What follows from several replies.</summary>
public static class DnsReplies
{
    /// <summary>True when at least one server gave a definite answer and none failed; a server without a route from here says nothing either way.</summary>
    public static bool IsKnown(IReadOnlyCollection<DnsReply> replies) => replies.Any(r => r.IsDefinite) && !Failed(replies).Any();

    /// <summary>
    /// The replies that leave something unknown. A server without a route from here counts only where no server at all gave a definite answer.
    /// </summary>
    public static IEnumerable<DnsReply> Failed(IReadOnlyCollection<DnsReply> replies)
    {
        var someDefinite = replies.Any(r => r.IsDefinite);
        return replies.Where(r => !r.IsDefinite && !(someDefinite && r.Status == DnsStatus.NoRoute));
    }
}
