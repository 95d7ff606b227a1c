using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;

namespace MtaSts.Operator.Reconcile;

/// <summary>Tells of what happened to a domain, by events on its resource, in the log, and in the count of moves.</summary>
/// <param name="events">Events.</param>
/// <param name="metrics">Where moves are counted.</param>
/// <param name="logger">The log.</param>
public sealed class Announcer(EventRecorder events, OperatorMetrics metrics, ILogger<Announcer> logger)
{
    // What every domain passes through while something spreads: the log has it, and thousands of domains at once would drown the rest in events.
    private static readonly HashSet<string> OnTheWay =
    [
        nameof(Reason.Publishing), nameof(Reason.PolicyNotServedYet), nameof(Reason.PolicyPropagating), nameof(Reason.RecordNotPublishedYet),
        nameof(Reason.RecordPropagating), nameof(Reason.ChecksUnknown), nameof(Reason.NotObservedYet),
    ];

    /// <summary>A new state was written: moves, a document that is served, an id that is published.</summary>
    public void Moved(IKubernetesObject<V1ObjectMeta> policy, string className, Intent intent, RolloutState before, Decision decision)
    {
        var key = ObjectKey.Of(policy).ToString();
        foreach (var move in decision.Transitions)
        {
            var from = move.From ?? "nothing";
            metrics.Moved(className, move);
            ReconcileLog.Moved(logger, key, intent.Domain.ToString(), from, move.To, move.Reason.ToString());
            events.Publish(
                policy,
                move.Reason == Reason.SteppedBack ? EventType.Warning : EventType.Normal,
                move.Reason.ToString(),
                move.Reason is Reason.OwnerLowered or Reason.SteppedBack or Reason.Retired ? "Retreat" : "Promote",
                $"{intent.Domain} moved from {from} to {move.To}");
        }

        var after = decision.Next;
        if (after.Served is { } served && served != before.Served)
        {
            ReconcileLog.Serving(logger, key, intent.Domain.ToString(), served.Id.ToString(), served.Policy.Mode.ToString());
            if (decision.Transitions.IsEmpty)
            {
                events.Publish(
                    policy, EventType.Normal, nameof(Reason.Publishing), "ServePolicy",
                    $"the policy changed; the one with mode {served.Policy.Mode.ToString().ToLowerInvariant()} and id {served.Id} is being served");
            }
        }

        if (after.PublishedId is { } id && id != before.PublishedId)
        {
            ReconcileLog.Publishing(logger, key, intent.Domain.ToString(), id.ToString());
            events.Publish(
                policy, EventType.Normal, nameof(Reason.Publishing), "PublishRecord", $"the policy was seen from outside; {intent.Domain.StsRecordName} names id {id}");
        }
    }

    /// <summary>A pass is over: tells when Ready, or its reason, changed for the worse or for the better.</summary>
    public void Settled<T>(T before, T after)
        where T : class, IDomainResource<T>
    {
        if (Of(after, ConditionType.Degraded) is { } alarm && Of(before, ConditionType.Degraded) is null)
        {
            events.Publish(after, EventType.Warning, nameof(ConditionType.Degraded), "Reconcile", alarm.Message);
        }

        if (Of(after, ConditionType.Ready) is not { } ready || (Of(before, ConditionType.Ready) is { } old && old.Status == ready.Status && old.Reason == ready.Reason))
        {
            return;
        }

        ReconcileLog.Ready(logger, ObjectKey.Of(after).ToString(), ready.Status, ready.Reason, ready.Message);
        if (!OnTheWay.Contains(ready.Reason))
        {
            events.Publish(after, ready.Status == "True" ? EventType.Normal : EventType.Warning, ready.Reason, "Reconcile", ready.Message);
        }
    }

    /// <summary>What a deletion cannot take away.</summary>
    public void Undeletable(IKubernetesObject<V1ObjectMeta> policy, Reason reason, string what) => events.Publish(
        policy,
        EventType.Warning,
        reason.ToString(),
        "Delete",
        $"{what}. It is tried again; to let go and leave what is published as it is, set spec.deletionPolicy to Orphan");

    private static Resources.Condition? Of<T>(T resource, ConditionType type)
        where T : class, IDomainResource<T> => Resources.Condition.Find(resource.Status?.Conditions, type.ToString());
}
