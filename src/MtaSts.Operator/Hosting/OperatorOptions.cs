using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Hosting;

/// <summary>What <c>mtasts run</c> is told.</summary>
public sealed record OperatorOptions
{
    /// <summary>What <see cref="ServingLag"/> is where nothing else is said.</summary>
    public static readonly TimeSpan ServingLagDefault = TimeSpan.FromMinutes(2);

    /// <summary>The kubeconfig; null for the pod's service account, or KUBECONFIG, or the user's own.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The namespace of the lease and of the providers' Secrets.</summary>
    public required string OperatorNamespace { get; init; }

    /// <summary>The namespaces in which classes may have their policy servers; at least one.</summary>
    public required ImmutableArray<string> ServingNamespaces { get; init; }

    /// <summary>The namespaces whose policies and providers it looks at; empty for all.</summary>
    public ImmutableArray<string> WatchNamespaces { get; init; } = [];

    /// <summary>The owner id of DNS records for providers that name none; null for the cluster's own (<see cref="ClusterIdentity"/>).</summary>
    public string? OwnerId { get; init; }

    /// <summary>False: no lease is asked for; only where no second replica can be.</summary>
    public bool ElectLeader { get; init; }

    /// <summary>How long other replicas wait for a leader that does not renew its lease; whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where /healthz, /readyz and /metrics answer; null for nowhere.</summary>
    public IPEndPoint? HealthListen { get; init; }

    /// <summary>How many policies are worked on at once, 1 to 1000.</summary>
    public int Workers { get; init; } = 32;

    /// <summary>How long a policy server takes at most to see what was put before it: the kubelet's sync period and the delay of its cache.</summary>
    public TimeSpan ServingLag { get; init; } = ServingLagDefault;

    /// <summary>The smallest max_age that a stage may have. Less than a day is for tests: strict senders reject such policies.</summary>
    public TimeSpan MaxAgeMin { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How probes look.</summary>
    public ProbeOptions Probes { get; init; } = new();

    /// <summary>The least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>True: a JSON object a line; false: text.</summary>
    public bool LogJson { get; init; }
}
