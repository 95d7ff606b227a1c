using System.Collections.Immutable;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads how the policy hosts of a class are reached.</summary>
internal static class ExposureReader
{
    private const string Path = "spec.serving.exposure";
    private const int NewHostsMax = 100_000;

    // Below the hundred new orders an hour that the best known public issuer allows an account on the average, with room for what else the account orders.
    private const int NewHostsDefault = 60;

    /// <summary>Reads it.</summary>
    /// <param name="spec">The section, or null.</param>
    /// <param name="space">The namespace of the policy servers.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static Exposure Read(ExposureSpec? spec, string space, Problems problems)
    {
        var type = problems.OneOf(
            $"{Path}.type", spec?.Type, "Ingress", ("Ingress", "Ingress"), ("Gateway", "Gateway"), ("LoadBalancer", "LoadBalancer"), ("None", "None"));
        return type switch
        {
            "Gateway" => ReadGateway(spec?.Gateway, space, problems),
            "LoadBalancer" => new Exposure.LoadBalancer(
                spec?.LoadBalancer?.LoadBalancerClass, Sorted(spec?.LoadBalancer?.Annotations), Issuer("loadBalancer", spec?.LoadBalancer?.Tls, problems)),
            "None" => new Exposure.None(),
            _ => new Exposure.Ingress(spec?.Ingress?.IngressClassName, Sorted(spec?.Ingress?.Annotations), Issuer("ingress", spec?.Ingress?.Tls, problems)),
        };
    }

    /// <summary>How many hosts may be new within an hour; null for any number.</summary>
    public static int? NewHosts(ExposureSpec? spec, Exposure exposure, Problems problems)
    {
        if (spec?.MaxNewHostsPerHour is < 1 or > NewHostsMax)
        {
            problems.Add($"{Path}.maxNewHostsPerHour", $"is {spec.MaxNewHostsPerHour}", $"write a number from 1 to {NewHostsMax}");
        }

        return spec?.MaxNewHostsPerHour ?? (exposure.ClusterIssuer is null ? null : NewHostsDefault);
    }

    private static Exposure.Gateway ReadGateway(GatewaySpec? spec, string space, Problems problems)
    {
        var parent = spec?.ParentRef;
        if (parent is null)
        {
            problems.Add($"{Path}.gateway.parentRef", "is missing", "name the Gateway");
        }
        else
        {
            problems.ObjectName($"{Path}.gateway.parentRef.name", parent.Name, dots: true, Schema.Patterns.NameCharsMax);
            if (parent.Namespace is not null)
            {
                problems.ObjectName($"{Path}.gateway.parentRef.namespace", parent.Namespace, dots: false, Schema.Patterns.LabelCharsMax);
            }

            if (parent.SectionName is not null)
            {
                problems.ObjectName($"{Path}.gateway.parentRef.sectionName", parent.SectionName, dots: true, Schema.Patterns.NameCharsMax);
            }
        }

        var own = problems.OneOf($"{Path}.gateway.listeners", spec?.Listeners, false, ("Parent", false), ("ListenerSet", true));
        if (own && parent?.SectionName is not null)
        {
            problems.Add($"{Path}.gateway.parentRef.sectionName", "is set beside listeners: ListenerSet", "remove it; each domain has a listener of its own there");
        }

        return new Exposure.Gateway(parent?.Namespace ?? space, parent?.Name ?? "", parent?.SectionName, own, Issuer("gateway", spec?.Tls, problems));
    }

    private static string? Issuer(string section, HostTlsSpec? tls, Problems problems)
    {
        if (tls?.ClusterIssuer is not null)
        {
            problems.ObjectName($"{Path}.{section}.tls.clusterIssuer", tls.ClusterIssuer, dots: true, Schema.Patterns.NameCharsMax);
        }

        return tls?.ClusterIssuer;
    }

    private static ImmutableSortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string>? values) =>
        values?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, string>.Empty;
}
