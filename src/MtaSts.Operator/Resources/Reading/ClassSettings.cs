using System.Collections.Immutable;
using System.Net;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>A class, read and checked.</summary>
public sealed record ClassSettings
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The ClusterDnsProvider that it names.</summary>
    public required string ProviderName { get; init; }

    /// <summary>What it lets DnsProviders of namespaces do; null where it lets policies name none.</summary>
    public NamespacedProviders? NamespacedProviders { get; init; }

    /// <summary>True where a policy may be for a domain below one that another namespace has.</summary>
    public bool AllowsSubdomainsOfOthers { get; init; } = true;

    /// <summary>Who may use it, for which domains.</summary>
    public required ClassRights Rights { get; init; }

    /// <summary>The stages in their order; at least one.</summary>
    public required ImmutableArray<Stage> Stages { get; init; }

    /// <summary>How often a settled domain is observed.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The life that the policy host's certificate must have left.</summary>
    public required TimeSpan CertificateLifeMin { get; init; }

    /// <summary>What a failure of an enforced domain's mail servers leads to.</summary>
    public OnRegression OnRegression { get; init; } = OnRegression.Hold;

    /// <summary>How such a failure is confirmed.</summary>
    public StepBackRule StepBack { get; init; } = StepBackRule.Default;

    /// <summary>When its domains may move up; none at all: at any time.</summary>
    public ImmutableArray<PromotionWindow> Windows { get; init; } = [];

    /// <summary>When none of its domains moves up.</summary>
    public ImmutableArray<Freeze> Freezes { get; init; } = [];

    /// <summary>How its domains move up together.</summary>
    public FleetRule FleetRule { get; init; } = FleetRule.None;

    /// <summary>The TLSRPT record for policies that do not say their own, or null.</summary>
    public TlsRptRecord? TlsReporting { get; init; }

    /// <summary>Special networks that probes may connect to.</summary>
    public ImmutableArray<IPNetwork> ProbeNetworks { get; init; } = [];

    /// <summary>How its policies are served.</summary>
    public required ServingSettings Serving { get; init; }

    /// <summary>Null when a policy may name a provider of its own namespace; else why not.</summary>
    /// <param name="backend">Where that provider writes; null to ask whether policies may name any.</param>
    public RightsProblem? ForbidsOwn(DnsBackend? backend)
    {
        var problem = NamespacedProviders is not { } allowed ? $"is set, and class \"{Name}\" lets no policy name a provider of its own"
            : backend is not null && !allowed.Allows(backend) ? $"names a provider that writes to {backend.Field}; class \"{Name}\" allows {string.Join(", ", allowed.Backends)}"
            : null;
        return problem is null
            ? null
            : new RightsProblem(
                Reason.ProviderNotAllowed,
                new FieldProblem(
                    "spec.dnsProviderRef",
                    problem,
                    "remove it for the class's own provider, name another class in spec.className, or ask the platform team"));
    }
}

/// <summary>How the policies of a class are served.</summary>
public sealed record ServingSettings
{
    /// <summary>The class's name.</summary>
    public required string ClassName { get; init; }

    /// <summary>The namespace of all its objects.</summary>
    public required string Namespace { get; init; }

    /// <summary>How many policy servers, 1 to 100.</summary>
    public required int Replicas { get; init; }

    /// <summary>Their image.</summary>
    public required string Image { get; init; }

    /// <summary>Their command; empty for the image's own.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Their resources, or null for the default.</summary>
    public ContainerResourcesSpec? Resources { get; init; }

    /// <summary>Their PriorityClass, or null for the cluster's own.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>Labels that their nodes must have.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Taints of nodes that they tolerate.</summary>
    public ImmutableArray<TolerationSpec> Tolerations { get; init; } = [];

    /// <summary>Their ServiceAccount, or null for the namespace's own.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>How the policy hosts are reached.</summary>
    public required Exposure Exposure { get; init; }

    /// <summary>How many policy hosts may be new within an hour; null for any number.</summary>
    public int? NewHostsPerHour { get; init; }

    /// <summary>What the policy hosts point to.</summary>
    public HostTargets Targets { get; init; } = HostTargets.Unknown;

    /// <summary>For how long one of the policy servers may answer with the document before the one that another answers with; one alone contradicts nobody.</summary>
    /// <param name="lag">How long a policy server takes at most to see what was put before it.</param>
    public TimeSpan SpreadOf(TimeSpan lag) => Replicas > 1 ? lag : TimeSpan.Zero;
}

/// <summary>What a policy host points to: addresses, or one host name; neither while nothing is known.</summary>
/// <param name="Addresses">IPv4 and IPv6 addresses in their canonical form, ordered.</param>
/// <param name="HostName">A host name, for a CNAME, or null; never beside addresses.</param>
public sealed record HostTargets(ImmutableSortedSet<string> Addresses, string? HostName)
{
    /// <summary>Nothing is known.</summary>
    public static readonly HostTargets Unknown = new([], null);

    /// <summary>True when nothing is known.</summary>
    public bool IsUnknown => Addresses.IsEmpty && HostName is null;

    /// <inheritdoc/>
    public bool Equals(HostTargets? other) => other is not null && Addresses.SetEquals(other.Addresses) && HostName == other.HostName;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Addresses.Count, HostName);
}
