using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>One policy that senders may hold.</summary>
/// <param name="Id">The id under which it was published; a policy that was adopted has an id of somebody else's making.</param>
/// <param name="Policy">What it says.</param>
/// <param name="Since">When it was first handed out, or first seen.</param>
public sealed record LedgerEntry(PolicyId Id, StsPolicy Policy, DateTimeOffset Since)
{
    /// <summary>
    /// The last moment at which it was served, or named by a server. Null while it is the one that is served. From the decision to replace it until the
    /// replacement is seen everywhere it is the moment of the decision, and may still become later.
    /// </summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>True when its replacement has been seen at every server, so that <see cref="Until"/> is final.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>The longest TTL that a TXT record with its id was seen with: for so long a resolver may name it after <see cref="Until"/>.</summary>
    public long TtlSeconds { get; init; }

    /// <summary>
    /// From when on no sender holds it: a sender that fetched or, by its id, revalidated it at the last moment keeps it for max_age (rfc8461#3.2). Null
    /// while it is served.
    /// </summary>
    public DateTimeOffset? ExpiresAt => Until?.AddSeconds(TtlSeconds + Policy.MaxAgeSeconds);

    /// <summary>True when nobody holds it any more, for certain.</summary>
    public bool IsOver(DateTimeOffset now) => IsReplaced && ExpiresAt <= now;
}
