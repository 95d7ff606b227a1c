using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Charts;

public sealed class ChartTests
{
    private static readonly string[] Custom =
        [$"{ApiGroup.ApiVersion}/MtaStsClass", $"{ApiGroup.ApiVersion}/ClusterDnsProvider", "monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PrometheusRule"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ChartValues.Names), MemberType = typeof(ChartValues))]
    public async Task Every_object_is_one_that_the_newest_Kubernetes_knows_field_by_field(string set)
    {
        var api = OpenApi.Find();
        Assert.SkipWhen(api is null, "no OpenAPI description of Kubernetes: set MTASTS_OPENAPI to the .json.gz of one");
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync([.. ChartValues.Sets[set], "--kube-version", "1.36"], Token));

        Assert.True(documents.Count >= 8, set);
        foreach (var document in documents.Where(d => !IsCustom(d)))
        {
            Assert.Equal([], api!.Problems(document));
        }
    }

    [Theory]
    [MemberData(nameof(PublishedReleases.Names), MemberType = typeof(PublishedReleases))]
    public async Task Every_object_is_one_that_each_release_knows_field_by_field(string release)
    {
        var api = PublishedReleases.Require(release);
        foreach (var (set, values) in ChartValues.Sets)
        {
            foreach (var document in YamlDocuments.Parse(await RenderedChart.RenderAsync([.. values, "--kube-version", release], Token)).Where(d => !IsCustom(d)))
            {
                var problems = api.Problems(document) ?? ["no such kind"];
                Assert.True(problems is [], $"{set}: {document["apiVersion"]} {document["kind"]}: {string.Join("; ", problems)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(ChartValues.Names), MemberType = typeof(ChartValues))]
    public async Task Every_object_deserialises_strictly(string set)
    {
        var yaml = await RenderedChart.RenderAsync(ChartValues.Sets[set], Token);

        var objects = KubernetesYaml.LoadAllFromString(yaml, Custom.ToDictionary(k => k, _ => typeof(JsonClass)), strict: true);

        Assert.True(objects.Count >= 8, set);
        var role = Assert.Single(objects.OfType<V1ClusterRole>());
        Assert.DoesNotContain(role.Rules, r => r.Resources.Contains("secrets") || r.Resources.Contains("*") || r.Verbs.Contains("*") || r.Resources.Contains("configmaps"));
    }

    [Theory]
    [InlineData("gateway", typeof(Exposure.Gateway))]
    [InlineData("listener sets", typeof(Exposure.Gateway))]
    [InlineData("load balancer", typeof(Exposure.LoadBalancer))]
    [InlineData("no exposure", typeof(Exposure.None))]
    public async Task The_default_class_has_the_exposure_of_the_values_and_names_the_servers_account(string set, Type exposure)
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Sets[set], Token));
        var reading = ClassReader.Read(KubernetesJson.Deserialize<MtaStsClass>(documents.Single(d => (string?)d["kind"] == MtaStsClass.KubeKind).ToJsonString()));

        Assert.Empty(reading.Problems);
        Assert.IsType(exposure, reading.Value!.Serving.Exposure);
        var account = documents.Single(d => (string?)d["kind"] == "ServiceAccount" && (string?)d["metadata"]!["name"] == reading.Value.Serving.ServiceAccountName);
        Assert.False((bool)account["automountServiceAccountToken"]!);
        Assert.DoesNotContain(documents, d => (string?)d["kind"] is "RoleBinding" or "ClusterRoleBinding" && d.ToJsonString().Contains($"\"{reading.Value.Serving.ServiceAccountName}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_given_namespaces_the_operator_has_rights_on_policies_there_and_nowhere_else()
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Sets["some namespaces"], Token));
        var cluster = documents.Single(d => (string?)d["kind"] == "ClusterRole").ToJsonString();

        Assert.DoesNotContain("mtastspolicies", cluster, StringComparison.Ordinal);
        Assert.DoesNotContain("\"dnsproviders", cluster, StringComparison.Ordinal);
        Assert.Equal(["team-a", "team-b", "kube-system"], NamespacesRead(documents)); // kube-system for its UID, the default owner id
        Assert.Equal(
            ["team-a", "team-b"], documents.Where(d => (string?)d["kind"] == "Role" && d.ToJsonString().Contains("mtastspolicies", StringComparison.Ordinal)).Select(d => (string?)d["metadata"]!["namespace"]));
        Assert.Contains("--watch-namespace=team-b", documents.Single(d => (string?)d["kind"] == "Deployment").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_id_is_given_to_the_operator_only_where_the_values_have_one()
    {
        var nameless = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Sets["some namespaces"], Token));
        var named = YamlDocuments.Parse(await RenderedChart.RenderAsync([.. ChartValues.Sets["some namespaces"], "--set", "ownerId=cluster-a"], Token));

        Assert.DoesNotContain(Arguments(nameless), a => a.StartsWith("--owner-id", StringComparison.Ordinal));
        Assert.Contains("--owner-id=cluster-a", Arguments(named));
        Assert.Equal(["team-a", "team-b"], NamespacesRead(named));
    }

    [Theory]
    [InlineData("mta-sts-serving mta-sts-system", "rbac.servingNamespaces={mta-sts-serving}")]
    [InlineData("other mta-sts-serving", "rbac.servingNamespaces={other}", "defaultClass.serving.namespace=mta-sts-serving")]
    [InlineData("other", "rbac.servingNamespaces={other}", "defaultClass.create=false")]
    [InlineData("mta-sts-system", "defaultClass.create=false")]
    [InlineData("mta-sts-system", "rbac.servingNamespaces={mta-sts-system}")]
    public async Task Classes_may_be_served_where_the_values_say_and_the_default_class_in_its_own_namespace(string expected, params string[] values)
    {
        var documents = await WithAsync(values);
        var names = expected.Split(' ');

        Assert.Equal(names, ServingNamespaces(documents));
        Assert.Equal(names, documents.Where(d => (string?)d["kind"] == "Role" && d.ToJsonString().Contains("deployments", StringComparison.Ordinal)).Select(NamespaceOf));
    }

    [Theory]
    [InlineData("test-mta-sts-operator-server", true)]
    [InlineData("mine", true, "policyServer.serviceAccount.name=mine")]
    [InlineData("mine", false, "policyServer.serviceAccount.create=false", "policyServer.serviceAccount.name=mine")]
    [InlineData(null, false, "policyServer.serviceAccount.create=false")]
    public async Task The_default_class_names_the_account_that_the_values_create_or_name(string? expected, bool isCreated, params string[] values)
    {
        var documents = await WithAsync(values);

        Assert.Equal(expected, (string?)The(MtaStsClass.KubeKind, documents)["spec"]!["serving"]!["serviceAccountName"]);
        Assert.Equal(isCreated, documents.Any(d => (string?)d["kind"] == "ServiceAccount" && (string?)d["metadata"]!["name"] == expected));
    }

    [Fact]
    public async Task The_policy_servers_pull_their_image_with_the_same_secrets_as_the_operator()
    {
        var documents = await WithAsync("imagePullSecrets[0].name=registry", "rbac.servingNamespaces={mta-sts-serving}");
        var accounts = documents.Where(d => (string?)d["kind"] == "ServiceAccount" && (string?)d["metadata"]!["name"] == "test-mta-sts-operator-server").ToList();

        Assert.Equal(["mta-sts-serving", RenderedChart.Namespace], accounts.Select(NamespaceOf));
        Assert.All(
            accounts.Select(a => a["imagePullSecrets"]).Append(The("Deployment", documents)["spec"]!["template"]!["spec"]!["imagePullSecrets"]),
            secrets => Assert.Equal("""[{"name":"registry"}]""", secrets?.ToJsonString()));
    }

    // The port behind a Service is the pod's: 8443 is the policy servers' own, the others are those of what stands before them.
    [Theory]
    [InlineData("53 25 443 6443", "53")]
    [InlineData("53 25 443 8443 6443", "53", "defaultClass.serving.exposure.type=LoadBalancer")]
    [InlineData("53 25 443 8443 6443", "53", "rbac.exposures={LoadBalancer}")]
    [InlineData("53 25 443 6443 10443 8081", "53", "networkPolicy.policyHostPorts={10443}", "networkPolicy.providerPorts={8081}")]
    [InlineData("53 5353 25 443 6443", "53 5353", "networkPolicy.dnsPorts={53,5353}")]
    public async Task The_operator_may_go_to_the_ports_of_pods_too_where_a_Service_leads_to_them(string tcp, string udp, params string[] values)
    {
        var documents = await WithAsync([.. values, "networkPolicy.create=true"]);
        var policy = documents.Single(d => (string?)d["kind"] == "NetworkPolicy" && (string?)d["metadata"]!["name"] == "test-mta-sts-operator");
        var ports = policy["spec"]!["egress"]![0]!["ports"]!.AsArray().ToLookup(p => (string?)p!["protocol"], p => (long)p!["port"]!);

        Assert.Equal((tcp, udp), (string.Join(' ', ports["TCP"]), string.Join(' ', ports["UDP"])));
    }

    // What an exposure needs and no more: each right by the values that give it.
    [Theory]
    [InlineData("default", "ingresses/delete certificates/watch")]
    [InlineData("no exposure", "")]
    [InlineData("gateway", "certificates/delete httproutes/delete listenersets/delete gateways/list")]
    [InlineData("load balancer", "certificates/delete secrets/patch")]
    [InlineData("every exposure", "ingresses/delete certificates/delete httproutes/delete listenersets/delete gateways/list secrets/patch")]
    public async Task The_operator_has_the_rights_that_the_exposures_need_and_no_more(string set, string expected)
    {
        string[] all = ["ingresses/delete", "certificates/watch", "certificates/delete", "httproutes/delete", "listenersets/delete", "gateways/list", "secrets/patch"];
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Sets[set], Token));
        var rights = documents.Where(d => (string?)d["kind"] is "Role" or "ClusterRole").SelectMany(d => d["rules"]!.AsArray())
            .SelectMany(rule => rule!["resources"]!.AsArray().SelectMany(r => rule["verbs"]!.AsArray().Select(v => $"{r}/{v}"))).ToHashSet();

        var wanted = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        Assert.Equal(all.Where(r => wanted.Contains(r) || (r == "certificates/watch" && wanted.Contains("certificates/delete"))), all.Where(rights.Contains));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_default_class_is_valid(bool full)
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(full ? ChartValues.Full : [], Token));
        var ofClass = KubernetesJson.Deserialize<MtaStsClass>(documents.Single(d => (string?)d["kind"] == MtaStsClass.KubeKind).ToJsonString());

        var reading = ClassReader.Read(ofClass);

        Assert.Empty(reading.Problems);
        Assert.True(ofClass.IsDefault);
        Assert.Equal(full ? "mta-sts-serving" : RenderedChart.Namespace, reading.Value!.Serving.Namespace);
        Assert.Equal(full ? "acme" : null, reading.Value.Serving.Exposure.ClusterIssuer);
    }

    [Fact]
    public async Task What_the_values_give_tenants_and_the_policy_servers_is_in_the_default_class()
    {
        var set = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Full, Token));
        var left = YamlDocuments.Parse(await RenderedChart.RenderAsync([], Token));
        var spec = The(MtaStsClass.KubeKind, set)["spec"]!;

        Assert.Equal("Forbid", (string?)spec["subdomainsOfOthers"]);
        Assert.Equal("""{"allowedAddresses":["10.0.0.0/8"],"backends":["cloudflare","rfc2136"]}""", spec["namespacedProviders"]?.ToJsonString());
        Assert.Equal("""{"limits":{"memory":"256Mi"}}""", spec["serving"]!["resources"]?.ToJsonString());
        Assert.Null(The(MtaStsClass.KubeKind, left)["spec"]!["namespacedProviders"]);
    }

    [Fact]
    public async Task Where_the_policy_servers_go_is_in_the_default_class()
    {
        var documents = await WithAsync(
            "defaultClass.serving.priorityClassName=mail", "defaultClass.serving.nodeSelector.zone=edge", "defaultClass.serving.tolerations[0].key=edge", "defaultClass.serving.tolerations[0].operator=Exists");
        var serving = The(MtaStsClass.KubeKind, documents)["spec"]!["serving"]!;

        Assert.Equal("mail", (string?)serving["priorityClassName"]);
        Assert.Equal("""{"zone":"edge"}""", serving["nodeSelector"]?.ToJsonString());
        Assert.Equal("""[{"key":"edge","operator":"Exists"}]""", serving["tolerations"]?.ToJsonString());
    }

    // Left out it forbids, and empty it allows: the two must not be the same.
    [Fact]
    public async Task Empty_namespacedProviders_allow_what_left_out_ones_do_not()
    {
        var values = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(values, "defaultClass: { namespacedProviders: {} }\n", Token);
            var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(["-f", values], Token));

            Assert.Equal("{}", The(MtaStsClass.KubeKind, documents)["spec"]!["namespacedProviders"]?.ToJsonString());
        }
        finally
        {
            File.Delete(values);
        }
    }

    [Fact]
    public async Task Rights_on_serving_objects_are_given_where_policies_are_served_and_nowhere_else()
    {
        var documents = YamlDocuments.Parse(await RenderedChart.RenderAsync(ChartValues.Full, Token));

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

    private static async Task<IReadOnlyList<JsonObject>> WithAsync(params IEnumerable<string> values) =>
        YamlDocuments.Parse(await RenderedChart.RenderAsync([.. values.SelectMany(v => new[] { "--set", v })], Token));

    private static JsonObject The(string kind, IEnumerable<JsonObject> documents) => documents.Single(d => (string?)d["kind"] == kind);

    private static IReadOnlyList<string> Arguments(IEnumerable<JsonObject> documents) =>
        [.. The("Deployment", documents)["spec"]!["template"]!["spec"]!["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!)];

    private static string? NamespaceOf(JsonObject item) => (string?)item["metadata"]!["namespace"];

    private static IEnumerable<string> ServingNamespaces(IEnumerable<JsonObject> documents) =>
        Arguments(documents).Where(a => a.StartsWith("--serving-namespace=", StringComparison.Ordinal))
            .Select(a => a["--serving-namespace=".Length..].Replace("$(POD_NAMESPACE)", NamespaceOf(The("Deployment", documents)), StringComparison.Ordinal));

    private static IEnumerable<string?> NamespacesRead(IEnumerable<JsonObject> documents) =>
        The("ClusterRole", documents)["rules"]!.AsArray().Single(r => (string?)r!["resources"]![0] == "namespaces")!["resourceNames"]!.AsArray().Select(n => (string?)n);

    private static bool IsCustom(JsonObject d) => Custom.Contains($"{d["apiVersion"]}/{d["kind"]}");

    // The client's YAML reader does not know immutable types; the class is read as JSON above.
    private sealed class JsonClass : IKubernetesObject<V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public V1ObjectMeta Metadata { get; set; } = new();

        public object? Spec { get; set; }
    }
}
