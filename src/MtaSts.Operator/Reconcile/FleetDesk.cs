using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Reconcile;

/// <summary>
/// Counts the other domains of a class, for classes that let only so many move up at once, or stop when too many fall ill. The cache is behind what this
/// process has just decided, so a domain that moves up is booked here until its status shows it.
/// </summary>
/// <param name="cluster">The policies.</param>
public sealed class FleetDesk(Cluster cluster)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, string> _booked = [];

    /// <summary>The other domains of a class. They are counted only where it may matter now, since a class can have thousands.</summary>
    public Fleet Of(ObjectKey key, string className, Intent intent, RolloutState state, DateTimeOffset now)
    {
        var stage = intent.Stages.FirstOrDefault(s => s.Name == state.Stage);
        if (intent.FleetRule == FleetRule.None || stage == intent.Stages[^1] || state.Soak.At(now) < stage?.Soak)
        {
            return Fleet.None;
        }

        lock (_lock)
        {
            return Count(key, className);
        }
    }

    /// <summary>The decision, with its promotion booked; null when others took the room meanwhile, so that it must be made again.</summary>
    public Decision? Booked(ObjectKey key, string className, Intent intent, Decision decision)
    {
        if (intent.FleetRule.MovingMax is not { } most || decision.Transitions.All(t => t.Reason != Reason.SoakElapsed))
        {
            return decision;
        }

        lock (_lock)
        {
            if (Count(key, className).Moving >= most)
            {
                return null;
            }

            _booked[key] = decision.Next.Stage!;
            return decision;
        }
    }

    /// <summary>The domain does not move after all, or is gone.</summary>
    public void Release(ObjectKey key)
    {
        lock (_lock)
        {
            _booked.Remove(key);
        }
    }

    private Fleet Count(ObjectKey key, string className)
    {
        var (moving, promoted, unhealthy) = (0, 0, 0);
        foreach (var policy in cluster.OfClass(className))
        {
            var other = ObjectKey.Of(policy);
            if (_booked.TryGetValue(other, out var stage) && policy.Status?.Stage == stage)
            {
                _booked.Remove(other);
            }

            if (other == key)
            {
                continue;
            }

            var isPromoted = policy.Status?.History is { Count: > 0 } history && history[^1].Reason == nameof(Reason.SoakElapsed);
            moving += _booked.ContainsKey(other) || (isPromoted && policy.Status!.SettledAt is null) ? 1 : 0;
            promoted += isPromoted ? 1 : 0;
            unhealthy += isPromoted && policy.Status!.Checks?.Any(c => c.Outcome == nameof(Finding.Broken)) == true ? 1 : 0;
        }

        return new Fleet(moving, promoted, unhealthy);
    }
}
