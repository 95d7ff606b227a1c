using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Telemetry;

/// <summary>Whether each resource is as it should be, and why not: what its own status says. So what the operator may not act for counts too.</summary>
internal static class ResourceStatuses
{
    private static readonly string[] OfDomains = [nameof(ConditionType.Ready)];

    // Not what a provider last answered: that stays until something is written again.
    private static readonly string[] OfProviders = [nameof(ConditionType.Accepted)];

    private static readonly string[] OfClasses = [nameof(ConditionType.Accepted), ClassController.ServingReady];

    /// <summary>Kind, "True", "False" or "Unknown", and the reason, of every resource in the caches.</summary>
    public static IEnumerable<(string Kind, string Ready, string Reason)> Of(Cluster cluster) =>
    [
        .. cluster.Policies.Cache.All.Values.Select(p => Of(MtaStsPolicy.KubeKind, p.Status?.Conditions, OfDomains)),
        .. cluster.Retirements.Cache.All.Values.Select(r => Of(MtaStsRetirement.KubeKind, r.Status?.Conditions, OfDomains)),
        .. cluster.Classes.Cache.All.Values.Select(c => Of(MtaStsClass.KubeKind, c.Status?.Conditions, OfClasses)),
        .. cluster.Providers.Cache.All.Values.Select(p => Of(ClusterDnsProvider.KubeKind, p.Status?.Conditions, OfProviders)),
        .. cluster.OwnProviders.Cache.All.Values.Select(p => Of(DnsProvider.KubeKind, p.Status?.Conditions, OfProviders)),
    ];

    // The first condition that is not true stands for the resource.
    private static (string Kind, string Ready, string Reason) Of(string kind, IReadOnlyList<Resources.Condition>? conditions, string[] types)
    {
        var found = types.Select(type => Resources.Condition.Find(conditions, type)).ToList();
        return (found.Find(c => c is null or { Status: not "True" }) ?? found.Find(c => c is not null)) is { } condition
            ? (kind, condition.Status, condition.Reason)
            : (kind, "Unknown", nameof(Reason.NotObservedYet));
    }
}
