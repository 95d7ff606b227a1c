using System.Collections.Concurrent;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Remembers since when this process has looked at each policy without a break. Losing it loses credit for a soak, never more: a new process
/// begins to vouch for what it sees itself.
/// </summary>
public sealed class Watch
{
    private readonly ConcurrentDictionary<ObjectKey, (DateTimeOffset Since, DateTimeOffset Last)> _looks = new();

    /// <summary>Notes a look and says since when there was no break.</summary>
    public DateTimeOffset Look(ObjectKey key, DateTimeOffset now, TimeSpan interval) => _looks.AddOrUpdate(
        key,
        _ => (now, now),
        (_, look) => now >= look.Last && now - look.Last <= SoakClock.GapMax(interval) ? (look.Since, now) : (now, now)).Since;

    /// <summary>Runs a pass. Of one that did not come to its end nothing is in the status, and what it saw may have been a broken check: its look vouches for nothing.</summary>
    public async Task<TResult> DuringAsync<TResult>(ObjectKey key, Func<Task<TResult>> pass)
    {
        try
        {
            return await pass();
        }
        catch
        {
            Forget(key);
            throw;
        }
    }

    /// <summary>Forgets a policy that is gone.</summary>
    public void Forget(ObjectKey key) => _looks.TryRemove(key, out _);
}
