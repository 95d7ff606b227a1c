namespace MtaSts.Operator.Tests.Charts;

/// <summary>The matrix of values with which the chart is rendered, validated and given to an API server.</summary>
internal static class ChartValues
{
    /// <summary>Most of what can be set, set.</summary>
    public static readonly string[] Full =
    [
        "--set", "replicas=2", "--set", "ownerId=cluster-a", "--set", "image.tag=9.9.9", "--set", "podLabels.team=mail",
        "--set", "podAnnotations.note=x", "--set", "nodeSelector.disk=ssd", "--set", "priorityClassName=high",
        "--set", "serviceAccount.annotations.note=x", "--set", "defaultClass.serving.namespace=mta-sts-serving",
        "--set", "defaultClass.serving.exposure.ingress.ingressClassName=nginx", "--set", "defaultClass.serving.exposure.ingress.clusterIssuer=acme",
        "--set", "defaultClass.serving.exposure.maxNewHostsPerHour=30",
        "--set", "defaultClass.allowedNamespaces.matchLabels.mail=yes", "--set", "defaultClass.rollout.interval=1m",
        "--set", "defaultProvider.create=true", "--set", "defaultProvider.spec.rfc2136.server=ns1.example.net", "--set", "defaultProvider.spec.rfc2136.tsig.keyName=k",
        "--set", "defaultProvider.spec.rfc2136.tsig.secretRef.name=s", "--set", "networkPolicy.create=true",
        "--set", "metrics.serviceMonitor.create=true", "--set", "metrics.prometheusRule.create=true", "--set", "metrics.dashboard.create=true",
        "--set", "metrics.serviceMonitor.labels.release=prometheus", "--set", "metrics.service.annotations.note=x", "--set", "policyServer.serviceAccount.annotations.note=x",
        "--set", "imagePullSecrets[0].name=registry", "--set", "networkPolicy.policyHostPorts={8443}", "--set", "networkPolicy.dnsPorts={53,5353}",
        "--set", "defaultClass.subdomainsOfOthers=Forbid", "--set", "defaultClass.namespacedProviders.backends={cloudflare,rfc2136}",
        "--set", "defaultClass.namespacedProviders.allowedAddresses={10.0.0.0/8}", "--set", "defaultClass.serving.resources.limits.memory=256Mi",
        "--set", "defaultClass.serving.priorityClassName=mail", "--set", "defaultClass.serving.nodeSelector.zone=edge",
        "--set", "defaultClass.serving.tolerations[0].key=edge", "--set", "defaultClass.serving.tolerations[0].operator=Exists",
    ];

    /// <summary>The names of <see cref="Sets"/>.</summary>
    public static TheoryData<string> Names => [.. Sets.Keys];

    private static readonly string[] Gateway =
        ["--set", "defaultClass.serving.exposure.type=Gateway", "--set", "defaultClass.serving.exposure.gateway.name=public", "--set", "defaultClass.serving.exposure.gateway.namespace=gateways"];

    /// <summary>Every set of values, by a name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Sets = new Dictionary<string, string[]>
    {
        ["default"] = [],
        ["full"] = Full,
        ["bare"] =
        [
            "--set", "defaultClass.create=false", "--set", "resources=null", "--set", "metrics.service.create=false", "--set", "podDisruptionBudget.create=false",
            "--set", "policyServer.serviceAccount.create=false",
        ],
        ["gateway"] = [.. Gateway, "--set", "rbac.exposures=null", "--set", "defaultClass.serving.exposure.gateway.sectionName=https", "--set", "networkPolicy.create=true"],
        ["listener sets"] = [.. Gateway, "--set", "defaultClass.serving.exposure.gateway.listeners=ListenerSet", "--set", "defaultClass.serving.exposure.gateway.clusterIssuer=acme"],
        ["load balancer"] =
        [
            "--set", "defaultClass.serving.exposure.type=LoadBalancer", "--set", "rbac.exposures=null", "--set", "defaultClass.serving.exposure.loadBalancer.clusterIssuer=acme",
            "--set", "defaultClass.serving.exposure.loadBalancer.annotations.scheme=internal", "--set", "defaultClass.serving.exposure.loadBalancer.loadBalancerClass=lb", "--set", "networkPolicy.create=true",
        ],
        ["no exposure"] =
        [
            "--set", "defaultClass.serving.exposure.type=None", "--set", "rbac.exposures=null", "--set", "defaultClass.serving.addresses={192.0.2.1,2001:db8::1}",
        ],
        ["every exposure"] = ["--set", "rbac.exposures={Ingress,Gateway,LoadBalancer}"],
        ["two serving namespaces"] = ["--set", "rbac.servingNamespaces={mta-sts-system,mta-sts-serving}", "--set", "rbac.dnsEndpointNamespaces={external-dns}", "--set", "networkPolicy.create=true"],
        ["some namespaces"] = ["--set", "rbac.watchNamespaces={team-a,team-b}"],
        ["trust and resolvers"] = ["--set", "trustRoots.configMap=roots", "--set", "resolvers={192.0.2.53}", "--set", "extraArgs={--log-format=json}", "--set", "extraEnv[0].name=OTEL_EXPORTER_OTLP_ENDPOINT", "--set", "extraEnv[0].value=http://collector:4317"],
    };
}
