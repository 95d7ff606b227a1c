using System.Collections.Concurrent;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Times the move of a domain from one class's policy server to another's. The old one answers until the new one surely has the document; it keeps it until no
/// resolver points to it any more. Losing it in a crash begins the waiting anew, never shortens it.
/// </summary>
/// <param name="servingLag">How long a policy server takes at most to see what was put before it.</param>
public sealed class ClassMoves(TimeSpan servingLag)
{
    private readonly ConcurrentDictionary<ObjectKey, (string To, DateTimeOffset Since)> _moves = new();

    /// <summary>How often to look while a domain moves.</summary>
    public TimeSpan LookAgain => servingLag / 4;

    /// <summary>How far the move of a domain is.</summary>
    /// <param name="key">The resource.</param>
    /// <param name="from">The class under which it is served.</param>
    /// <param name="to">The class under which it shall be.</param>
    /// <param name="ttl">The TTL of its host record.</param>
    /// <param name="now">The time.</param>
    public MoveStep Of(ObjectKey key, string? from, string to, TimeSpan ttl, DateTimeOffset now)
    {
        if (from == to)
        {
            _moves.TryRemove(key, out _);
            return MoveStep.None;
        }

        var since = _moves.AddOrUpdate(key, _ => (to, now), (_, move) => move.To == to && move.Since <= now ? move : (to, now)).Since;
        return now - since < servingLag ? MoveStep.Filling : now - since < (servingLag * 2) + ttl ? MoveStep.Turning : MoveStep.Leaving;
    }

    /// <summary>The new policy server has the document, and senders cannot be led to it yet: the time in which they are begins anew.</summary>
    public void Hold(ObjectKey key, string to, DateTimeOffset now) => _moves[key] = (to, now - servingLag);

    /// <summary>Forgets a resource that is gone.</summary>
    public void Forget(ObjectKey key) => _moves.TryRemove(key, out _);
}

/// <summary>The steps of a domain's move to another class.</summary>
public enum MoveStep
{
    /// <summary>It does not move.</summary>
    None,

    /// <summary>The new policy server is given the document; senders are still led to the old one.</summary>
    Filling,

    /// <summary>Senders are led to the new one; resolvers may still lead some to the old one.</summary>
    Turning,

    /// <summary>The old one can go.</summary>
    Leaving,
}
