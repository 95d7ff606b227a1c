using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;

namespace MtaSts.Simulation.Operating;

/// <summary>What the API server keeps of one resource at one version.</summary>
/// <param name="Version">The resource version.</param>
/// <param name="Spec">What is wanted.</param>
/// <param name="State">The state in the status.</param>
/// <param name="Conditions">The conditions in the status.</param>
/// <param name="Checks">The checks in the status.</param>
internal sealed record Snapshot(long Version, Intent Spec, RolloutState State, ImmutableArray<Condition> Conditions, ImmutableArray<CheckResult> Checks)
{
    public bool Tells(Snapshot other) => State == other.State && Conditions.SequenceEqual(other.Conditions) && Checks.SequenceEqual(other.Checks);

    /// <summary>What of two versions is not alike, for people.</summary>
    public string Differs(Snapshot after) => State != after.State ? $"{State} became {after.State}"
        : Conditions.Except(after.Conditions).Concat(after.Conditions.Except(Conditions)).FirstOrDefault()?.ToString()
            ?? Checks.Except(after.Checks).Concat(after.Checks.Except(Checks)).FirstOrDefault()?.ToString() ?? "nothing";

    public bool IsHealthy(params ReadOnlySpan<Check> checks)
    {
        foreach (var check in checks)
        {
            if (Checks.Where(c => c.Check == check).All(c => c.Finding is not Finding.Healthy))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The resource of a domain on the API server: a write wins only over the version that it was made from.</summary>
internal sealed class Resource(Intent spec)
{
    public Snapshot Now { get; private set; } = new(1, spec, RolloutState.Empty, [], []);

    /// <summary>The version before, for a cache that is behind.</summary>
    public Snapshot Before { get; private set; } = new(1, spec, RolloutState.Empty, [], []);

    public bool TryWrite(Snapshot from, Snapshot to)
    {
        if (from.Version != Now.Version)
        {
            return false;
        }

        Set(to);
        return true;
    }

    public void Edit(Func<Intent, Intent> change) => Set(Now with { Spec = change(Now.Spec) });

    /// <summary>Another object takes the domain over.</summary>
    public void HandOver(Func<Intent, Intent> change, Func<RolloutState, RolloutState> takes) => Set(Now with { Spec = change(Now.Spec), State = takes(Now.State) });

    /// <summary>The resource is there again and its status is not.</summary>
    public void LoseStatus() => Set(Now with { State = RolloutState.Empty, Conditions = [], Checks = [] });

    private void Set(Snapshot to) => (Before, Now) = (Now, to with { Version = Now.Version + 1 });
}
