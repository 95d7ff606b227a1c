using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Simulation.Operating;

/// <summary>Who of a class is on the move, as the status of each domain tells.</summary>
internal static class Waves
{
    public static bool HasMovedUp(RolloutState state) => state.Served is not null && state.History is [.., { Reason: Reason.SoakElapsed }];

    public static bool IsMoving(Snapshot domain) => HasMovedUp(domain.State) && (!domain.State.IsPublished || domain.State.Soak.HealthySince is null);

    public static bool IsUnhealthy(Snapshot domain) => HasMovedUp(domain.State) && domain.Checks.Any(c => c.Finding is Finding.Broken);
}
