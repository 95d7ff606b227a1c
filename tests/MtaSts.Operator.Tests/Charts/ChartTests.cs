using k8s;
using k8s.Models;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Charts;

public sealed class ChartTests
{
    private static readonly string[] Full =
    [
        "--set", "replicas=2", "--set", "ownerId=cluster-a", "--set", "image.tag=9.9.9", "--set", "podLabels.team=mail",
        "--set", "podAnnotations.note=x", "--set", "nodeSelector.disk=ssd", "--set", "priorityClassName=high",
        "--set", "serviceAccount.annotations.note=x", "--set", "defaultClass.serving.namespace=mta-sts-serving",
        "--set", "defaultClass.serving.exposure.ingress.ingressClassName=nginx", "--set", "defaultClass.serving.exposure.ingress.clusterIssuer=acme",
        "--set", "defaultClass.allowedNamespaces.matchLabels.mail=yes", "--set", "defaultClass.rollout.interval=1m",
        "--set", "defaultProvider.create=true", "--set", "defaultProvider.spec.rfc2136.server=ns1.example.net", "--set", "defaultProvider.spec.rfc2136.tsig.keyName=k",
        "--set", "defaultProvider.spec.rfc2136.tsig.secretRef.name=s", "--set", "networkPolicy.create=true",
        "--set", "metrics.serviceMonitor.create=true", "--set", "metrics.prometheusRule.create=true", "--set", "metrics.dashboard.create=true",
        "--set", "metrics.serviceMonitor.labels.release=prometheus", "--set", "metrics.service.annotations.note=x",
    ];

    private static readonly string[] Bare = ["--set", "defaultClass.create=false", "--set", "resources=null", "--set", "metrics.service.create=false", "--set", "podDisruptionBudget.create=false"];

    private static readonly string[] Custom =
        [$"{ApiGroup.ApiVersion}/MtaStsClass", $"{ApiGroup.ApiVersion}/ClusterDnsProvider", "monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PrometheusRule"];

    public static TheoryData<string, string[]> ValueSets => new() { { "default", [] }, { "full", Full }, { "bare", Bare } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task Every_object_is_one_that_the_newest_Kubernetes_knows_field_by_field(string set, string[] values)
    {
        var api = OpenApi.Find();
        Assert.SkipWhen(api is null, "no OpenAPI description of Kubernetes: set MTASTS_OPENAPI to the .json.gz of one");
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync([.. values, "--kube-version", "1.36"], Token));

        Assert.True(documents.Count >= 8, set);
        foreach (var document in documents.Where(d => !IsCustom(d)))
        {
            Assert.Equal([], api!.Problems(document));
        }
    }

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task Every_object_deserialises_strictly(string set, string[] values)
    {
        var yaml = await RenderedChart.RenderAsync(values, Token);

        var objects = KubernetesYaml.LoadAllFromString(yaml, Custom.ToDictionary(k => k, _ => typeof(JsonClass)), strict: true);

        Assert.True(objects.Count >= 8, set);
        var role = Assert.Single(objects.OfType<V1ClusterRole>());
        Assert.DoesNotContain(role.Rules, r => r.Resources.Contains("secrets") || r.Resources.Contains("*") || r.Verbs.Contains("*") || r.Resources.Contains("configmaps"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_default_class_is_valid(bool full)
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(full ? Full : [], Token));
        var ofClass = KubernetesJson.Deserialize<MtaStsClass>(documents.Single(d => (string?)d["kind"] == MtaStsClass.KubeKind).ToJsonString());

        var reading = ClassReader.Read(ofClass);

        Assert.Empty(reading.Problems);
        Assert.True(ofClass.IsDefault);
        Assert.Equal(full ? "mta-sts-serving" : RenderedChart.Namespace, reading.Value!.Serving.Namespace);
        Assert.Equal(full ? "acme" : null, reading.Value.Serving.Exposure.ClusterIssuer);
    }

    [Fact]
    public async Task Rights_on_serving_objects_are_given_where_policies_are_served_and_nowhere_else()
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(Full, Token));

        var places = documents.Where(d => (string?)d["kind"] == "Role" && d.ToJsonString().Contains("ingresses", StringComparison.Ordinal));

        Assert.Equal(["mta-sts-serving"], places.Select(d => (string?)d["metadata"]!["namespace"]));
    }

    [Fact]
    public async Task Rights_on_DNSEndpoints_are_given_in_the_operators_namespace_and_where_the_values_say()
    {
        var values = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(values, "rbac: { dnsEndpointNamespaces: [external-dns, other] }\n", Token);
            var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(["-f", values], Token));

            var places = documents.Where(d => (string?)d["kind"] is "Role" or "ClusterRole" && d.ToJsonString().Contains("dnsendpoints\"]", StringComparison.Ordinal));

            Assert.Equal(["external-dns", RenderedChart.Namespace, "other"], places.Select(d => (string?)d["metadata"]!["namespace"]).Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(values);
        }
    }

    [Fact]
    public async Task A_class_without_a_provider_is_refused_with_the_value_to_set()
    {
        var (exit, _, error) = await RenderedChart.RunAsync(["--set", "defaultClass.dnsProvider="], Token);

        Assert.SkipWhen(exit == 3, error);
        Assert.NotEqual(0, exit);
        Assert.Contains("defaultClass.dnsProvider", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy.yaml")]
    [InlineData("class.yaml")]
    [InlineData("class-gateway.yaml")]
    [InlineData("class-load-balancer.yaml")]
    [InlineData("provider.yaml")]
    public void Examples_are_valid(string file)
    {
        var json = YamlDocuments.Parse(File.ReadAllText(Repository.PathOf("docs/examples", file))).Single().ToJsonString();
        var problems = file switch
        {
            "policy.yaml" => SpecReader.Read(KubernetesJson.Deserialize<MtaStsPolicy>(json), Resources.Samples.Settings).Problems,
            "class.yaml" or "class-gateway.yaml" or "class-load-balancer.yaml" => ClassReader.Read(KubernetesJson.Deserialize<MtaStsClass>(json)).Problems,
            _ => ProviderReader.Read(KubernetesJson.Deserialize<ClusterDnsProvider>(json), "cluster-a").Problems,
        };

        Assert.Empty(problems);
    }

    private static bool IsCustom(System.Text.Json.Nodes.JsonObject d) => Custom.Contains($"{d["apiVersion"]}/{d["kind"]}");

    // The client's YAML reader does not know immutable types; the class is read as JSON above.
    private sealed class JsonClass : IKubernetesObject<V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public V1ObjectMeta Metadata { get; set; } = new();

        public object? Spec { get; set; }
    }
}
