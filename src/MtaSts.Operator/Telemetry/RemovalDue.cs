using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Telemetry;

/// <summary>
/// When a domain that is being taken down should be gone at the latest. It is read from the resource alone, so that one that no pass may act for counts too: one
/// whose class is gone, say.
/// </summary>
/// <remarks>
/// <code>
/// records and policy may go (status.withdrawn)           since that was decided
/// mode none was seen everywhere                          status.removeAt
/// mode none is served, or ought to be                    the longest max_age and TTL in the ledger after it began, or was to begin
/// </code>
/// </remarks>
/// <param name="Kind">The kind of the resource.</param>
/// <param name="Key">The resource.</param>
/// <param name="Domain">The mail domain.</param>
/// <param name="ClassName">Its class; empty where none is known.</param>
/// <param name="At">The moment.</param>
public sealed record RemovalDue(string Kind, ObjectKey Key, string Domain, string ClassName, DateTimeOffset At)
{
    // A policy that was taken down stays where it is. That its removal failed is told by Ready, which then has been false since; what makes it false later is
    // nothing that was left standing.
    private static readonly TimeSpan FailsWithin = TimeSpan.FromHours(1);

    /// <summary>Of a retirement; null once a policy has taken the domain over.</summary>
    public static RemovalDue? Of(MtaStsRetirement retirement)
    {
        if (retirement.Spec.YieldedTo is not null)
        {
            return null;
        }

        var state = StatusMapping.StateOf(retirement.Known);
        return new RemovalDue(
            MtaStsRetirement.KubeKind, ObjectKey.Of(retirement), retirement.Spec.Domain, retirement.Known.ClassName ?? retirement.Spec.ClassName, DueOf(state, retirement.Metadata.CreatedAt() ?? default));
    }

    /// <summary>Of a policy; null where it is not on its way down, or has got there.</summary>
    public static RemovalDue? Of(MtaStsPolicy policy)
    {
        if (policy.Status is not { } status || policy.Spec?.TargetMode != "none" || (status.Withdrawn != true && status.ServedMode != "none"))
        {
            return null;
        }

        var state = StatusMapping.StateOf(status);
        var due = DueOf(state, state.StageEnteredAt ?? default);
        return due == default || (state.Withdrawn && !IsUndone(status, due))
            ? null
            : new RemovalDue(MtaStsPolicy.KubeKind, ObjectKey.Of(policy), status.Domain ?? policy.Spec.Domain, status.ClassName ?? policy.Spec.ClassName ?? "", due);
    }

    private static DateTimeOffset DueOf(RolloutState state, DateTimeOffset wanted)
    {
        if (state.Withdrawn)
        {
            return state.History.LastOrDefault(t => t.To == RolloutState.Removed)?.At ?? wanted;
        }

        if (state.RemoveAt is { } known)
        {
            return known;
        }

        // When an older policy expires is not known before it is replaced everywhere, and becomes later with each day until then. Here it counts from the day on which
        // that should have happened.
        var began = state.Served is { Policy.Mode: StsMode.None } none ? Later(wanted, Later(state.StageEnteredAt, state.Ledger.Of(none.Id)?.Since)) : wanted;
        var held = state.Ledger.Binding.Select(e => e.TtlSeconds + e.Policy.MaxAgeSeconds)
            .Append(state.Served is { Policy: { Mode: not StsMode.None } served } ? served.MaxAgeSeconds : 0)
            .Max();
        return began.AddSeconds(held);
    }

    private static bool IsUndone(MtaStsPolicyStatus status, DateTimeOffset decided) =>
        Resources.Condition.Find(status.Conditions, nameof(ConditionType.Ready)) is { Status: "False" } ready && ready.LastTransitionTime < decided + FailsWithin;

    private static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset? b) => (a > b ? a : b ?? a) ?? default;
}
