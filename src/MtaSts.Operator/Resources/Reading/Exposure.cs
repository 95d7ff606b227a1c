using System.Collections.Immutable;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>How the policy hosts of a class are reached from outside.</summary>
/// <param name="ClusterIssuer">The cert-manager ClusterIssuer of their certificates; null where somebody else sees to them.</param>
public abstract record Exposure(string? ClusterIssuer)
{
    /// <summary>The platform sees to it.</summary>
    public sealed record None() : Exposure((string?)null);

    /// <summary>An Ingress for each domain.</summary>
    /// <param name="ClassName">The IngressClass, or null for the cluster's default.</param>
    /// <param name="Annotations">Of every Ingress.</param>
    /// <param name="ClusterIssuer">As in <see cref="Exposure"/>.</param>
    public sealed record Ingress(string? ClassName, ImmutableSortedDictionary<string, string> Annotations, string? ClusterIssuer) : Exposure(ClusterIssuer);

    /// <summary>An HTTPRoute for each domain.</summary>
    /// <param name="Namespace">The Gateway's namespace.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="SectionName">The listener that routes attach to; null for all that take them.</param>
    /// <param name="OwnListeners">True: a ListenerSet with a listener for each domain; false: the Gateway's own listeners.</param>
    /// <param name="ClusterIssuer">As in <see cref="Exposure"/>.</param>
    public sealed record Gateway(string Namespace, string Name, string? SectionName, bool OwnListeners, string? ClusterIssuer) : Exposure(ClusterIssuer);

    /// <summary>The policy servers end TLS, behind a Service of type LoadBalancer.</summary>
    /// <param name="ClassName">The load balancer class, or null for the cluster's own.</param>
    /// <param name="Annotations">Of the Service.</param>
    /// <param name="ClusterIssuer">As in <see cref="Exposure"/>.</param>
    public sealed record LoadBalancer(string? ClassName, ImmutableSortedDictionary<string, string> Annotations, string? ClusterIssuer) : Exposure(ClusterIssuer);
}
