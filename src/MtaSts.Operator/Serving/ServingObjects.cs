using k8s.Models;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Serving;

/// <summary>The objects of a class, whatever its domains are.</summary>
/// <param name="Deployment">The policy servers.</param>
/// <param name="Service">What the ingresses point to.</param>
/// <param name="DisruptionBudget">Lets nodes be emptied one policy server at a time. API servers before 1.21 do not know it.</param>
public sealed record ServingObjects(V1Deployment Deployment, V1Service Service, V1PodDisruptionBudget DisruptionBudget)
{
    /// <summary>The port of the Service.</summary>
    public const int ServicePort = 80;

    /// <summary>The port on which the policy server answers senders.</summary>
    public const int PolicyPort = 8080;

    /// <summary>The port on which it answers health questions.</summary>
    public const int HealthPort = 8081;

    /// <summary>The port on which it answers senders where it ends TLS by itself.</summary>
    public const int TlsPort = 8443;

    /// <summary>The port of a Service of type LoadBalancer (rfc8461#3.3).</summary>
    public const int HttpsPort = 443;

    private const string PoliciesPath = "/policies";
    private const string CertificatesPath = "/certificates";
    private const string ContainerName = "policy-server";
    private const int UserId = 65532; // "nonroot" of the distroless images
    private const int ReadOnlyMode = 292; // 0444; the API takes decimal

    /// <summary>The objects of a class.</summary>
    public static ServingObjects For(ServingSettings serving) => new(DeploymentOf(serving), ServiceOf(serving), BudgetOf(serving));

    private static V1ObjectMeta MetadataOf(ServingSettings serving) => new()
    {
        Name = ServingNames.OfClass(serving.ClassName),
        NamespaceProperty = serving.Namespace,
        Labels = ServingLabels.OfClass(serving.ClassName),
    };

    private static V1Deployment DeploymentOf(ServingSettings serving) => new()
    {
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Metadata = MetadataOf(serving),
        Spec = new V1DeploymentSpec
        {
            Replicas = serving.Replicas,
            RevisionHistoryLimit = 3,
            Selector = new V1LabelSelector { MatchLabels = ServingLabels.PodSelector(serving.ClassName) },
            Strategy = new V1DeploymentStrategy
            {
                Type = "RollingUpdate",
                // A domain in enforce mode must never be without its policy host.
                RollingUpdate = new V1RollingUpdateDeployment { MaxUnavailable = 0, MaxSurge = 1 },
            },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = ServingLabels.OfClass(serving.ClassName) },
                Spec = PodOf(serving),
            },
        },
    };

    private static V1PodSpec PodOf(ServingSettings serving) => new()
    {
        ServiceAccountName = serving.ServiceAccountName,
        // It faces the internet: it gets no credentials at all.
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        PriorityClassName = serving.PriorityClassName,
        NodeSelector = serving.NodeSelector.Count == 0 ? null : new Dictionary<string, string>(serving.NodeSelector, StringComparer.Ordinal),
        Tolerations = serving.Tolerations.IsEmpty ? null : [.. serving.Tolerations.Select(TolerationOf)],
        TerminationGracePeriodSeconds = 30,
        SecurityContext = new V1PodSecurityContext
        {
            RunAsNonRoot = true,
            RunAsUser = UserId,
            RunAsGroup = UserId,
            FsGroup = UserId,
            SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
        },
        TopologySpreadConstraints =
        [
            Spread(serving, "kubernetes.io/hostname"),
            Spread(serving, "topology.kubernetes.io/zone"),
        ],
        Containers = [ContainerOf(serving)],
        Volumes = EndsTls(serving) ? [PoliciesOf(serving), CertificatesOf(serving)] : [PoliciesOf(serving)],
    };

    private static V1Toleration TolerationOf(TolerationSpec spec) => new()
    {
        Key = spec.Key,
        OperatorProperty = spec.Operator,
        Value = spec.Value,
        Effect = spec.Effect,
        TolerationSeconds = spec.TolerationSeconds,
    };

    private static V1TopologySpreadConstraint Spread(ServingSettings serving, string topologyKey) => new()
    {
        MaxSkew = 1,
        TopologyKey = topologyKey,
        WhenUnsatisfiable = "ScheduleAnyway",
        LabelSelector = new V1LabelSelector { MatchLabels = ServingLabels.PodSelector(serving.ClassName) },
    };

    private static V1Container ContainerOf(ServingSettings serving) => new()
    {
        Name = ContainerName,
        Image = serving.Image,
        Command = serving.Command.IsEmpty ? null : [.. serving.Command],
        Args =
        [
            "--policies", PoliciesPath, "--listen", $"[::]:{PolicyPort}", "--health-listen", $"[::]:{HealthPort}",
            .. EndsTls(serving) ? new[] { "--tls-listen", $"[::]:{TlsPort}", "--certificates", CertificatesPath } : [],
        ],
        Ports =
        [
            Port("http", PolicyPort),
            Port("health", HealthPort),
            .. EndsTls(serving) ? new[] { Port("https", TlsPort) } : [],
        ],
        ReadinessProbe = Probe("/readyz", periodSeconds: 5, failures: 3),
        LivenessProbe = Probe("/healthz", periodSeconds: 10, failures: 6),
        Resources = ResourcesOf(serving.Resources),
        SecurityContext = new V1SecurityContext
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            RunAsNonRoot = true,
            Capabilities = new V1Capabilities { Drop = ["ALL"] },
        },
        VolumeMounts =
        [
            new V1VolumeMount { Name = "policies", MountPath = PoliciesPath, ReadOnlyProperty = true },
            .. EndsTls(serving) ? new[] { new V1VolumeMount { Name = "certificates", MountPath = CertificatesPath, ReadOnlyProperty = true } } : [],
        ],
    };

    private static bool EndsTls(ServingSettings serving) => serving.Exposure is Exposure.LoadBalancer;

    private static V1ContainerPort Port(string name, int number) => new() { Name = name, ContainerPort = number, Protocol = "TCP" };

    // A node that is short of processors answers late. That is no reason to take all policy servers from senders at once, which a server that answers late
    // still serves; so what counts as no answer is generous.
    private static V1Probe Probe(string path, int periodSeconds, int failures) => new()
    {
        HttpGet = new V1HTTPGetAction { Path = path, Port = "health", Scheme = "HTTP" },
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
        FailureThreshold = failures,
    };

    private static V1ResourceRequirements ResourcesOf(ContainerResourcesSpec? spec) => new()
    {
        Requests = Quantities(spec?.Requests) ?? (spec is null ? Quantities([("cpu", "10m"), ("memory", "64Mi")]) : null),
        Limits = Quantities(spec?.Limits) ?? (spec is null ? Quantities([("memory", "128Mi")]) : null),
    };

    private static Dictionary<string, ResourceQuantity> Quantities(IEnumerable<(string Name, string Value)> values) =>
        values.ToDictionary(v => v.Name, v => new ResourceQuantity(v.Value), StringComparer.Ordinal);

    private static Dictionary<string, ResourceQuantity>? Quantities(IReadOnlyDictionary<string, string>? values) =>
        values is null ? null : Quantities(values.Select(v => (v.Key, v.Value)));

    private static V1Volume PoliciesOf(ServingSettings serving) =>
        Shards("policies", shard => new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = ServingNames.OfShard(serving.ClassName, shard), Optional = true } });

    private static V1Volume CertificatesOf(ServingSettings serving) =>
        Shards("certificates", shard => new V1VolumeProjection { Secret = new V1SecretProjection { Name = ServingNames.OfCertificates(serving.ClassName, shard), Optional = true } });

    // Every shard is named from the beginning and each may be missing: a new one appears in the running pods without a restart.
    private static V1Volume Shards(string name, Func<int, V1VolumeProjection> source) => new()
    {
        Name = name,
        Projected = new V1ProjectedVolumeSource { DefaultMode = ReadOnlyMode, Sources = [.. Enumerable.Range(0, PolicyShard.Count).Select(source)] },
    };

    private static V1Service ServiceOf(ServingSettings serving) => serving.Exposure is Exposure.LoadBalancer exposure
        ? new V1Service
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = WithAnnotations(MetadataOf(serving), exposure.Annotations),
            Spec = new V1ServiceSpec
            {
                Type = "LoadBalancer",
                LoadBalancerClass = exposure.ClassName,
                Selector = ServingLabels.PodSelector(serving.ClassName),
                // No sender asks for a policy over anything but HTTPS (rfc8461#3.3), so nothing else is let in.
                Ports = [new V1ServicePort { Name = "https", Port = HttpsPort, TargetPort = "https", Protocol = "TCP" }],
            },
        }
        : ClusterServiceOf(serving);

    private static V1ObjectMeta WithAnnotations(V1ObjectMeta metadata, IReadOnlyDictionary<string, string> annotations)
    {
        metadata.Annotations = annotations.Count == 0 ? null : new Dictionary<string, string>(annotations, StringComparer.Ordinal);
        return metadata;
    }

    private static V1Service ClusterServiceOf(ServingSettings serving) => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = MetadataOf(serving),
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            Selector = ServingLabels.PodSelector(serving.ClassName),
            Ports = [new V1ServicePort { Name = "http", Port = ServicePort, TargetPort = "http", Protocol = "TCP" }],
        },
    };

    private static V1PodDisruptionBudget BudgetOf(ServingSettings serving) => new()
    {
        ApiVersion = "policy/v1",
        Kind = "PodDisruptionBudget",
        Metadata = MetadataOf(serving),
        Spec = new V1PodDisruptionBudgetSpec
        {
            MaxUnavailable = 1,
            Selector = new V1LabelSelector { MatchLabels = ServingLabels.PodSelector(serving.ClassName) },
        },
    };
}
