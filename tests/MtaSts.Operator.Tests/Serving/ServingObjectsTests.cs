using System.Text.Json.Nodes;
using CsCheck;
using k8s;
using k8s.Models;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Charts;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Serving;

public sealed class ServingObjectsTests
{
    private static readonly MailDomain Example = MailDomain.Parse("example.com");

    private static readonly Gen<string> LabelText = Gen.String[Gen.Char["abcxyz019"], 1, 63];
    private static readonly Gen<MailDomain> Domains = LabelText.Array[1, 7]
        .Select(labels => string.Join('.', labels) + ".example")
        .Where(name => name.Length <= 253)
        .Select(MailDomain.Parse);

    private static readonly Gen<string> ClassNames = Gen.OneOf(
        Gen.String[Gen.Char["abc019"], 1, 253],
        Gen.Select(LabelText, LabelText).Select(l => $"{l.Item1}.{l.Item2}"));

    [Fact]
    public void The_pods_are_restricted_and_have_no_credentials()
    {
        var pod = ServingObjects.For(Samples.Serving()).Deployment.Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);

        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Null(pod.ServiceAccountName);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
    }

    [Fact]
    public void Every_shard_is_mounted_from_the_beginning_and_may_be_missing()
    {
        var sources = ServingObjects.For(Samples.Serving()).Deployment.Spec.Template.Spec.Volumes.Single().Projected.Sources;

        Assert.Equal(64, sources.Select(s => s.ConfigMap.Name).Distinct().Count());
        Assert.All(sources, s => Assert.True(s.ConfigMap.Optional));
        Domains.Sample(domain => sources.Any(s => s.ConfigMap.Name == PolicyShard.Of(domain, "default").ConfigMapName));
    }

    [Fact]
    public void Shards_are_where_they_always_were()
    {
        Assert.Equal(new PolicyShard("mta-sts-default-policies-54", "example.com"), PolicyShard.Of(Example, "default"));
        Assert.Equal("mta-sts-other-policies-54", PolicyShard.Of(Example, "other").ConfigMapName);
    }

    [Fact]
    public void Domains_spread_over_all_shards()
    {
        var counts = Enumerable.Range(0, 10_000).CountBy(i => PolicyShard.Of(MailDomain.Parse($"d{i}.example"), "default").ConfigMapName).ToList();

        Assert.Equal(PolicyShard.Count, counts.Count);
        Assert.All(counts, c => Assert.InRange(c.Value, 80, 240)); // 156 on average
    }

    [Fact]
    public void The_pods_go_where_the_class_says()
    {
        var anywhere = ServingObjects.For(Samples.Serving()).Deployment.Spec.Template.Spec;
        Assert.Equal((null, null, null), (anywhere.PriorityClassName, anywhere.NodeSelector, anywhere.Tolerations));

        var edge = ServingObjects.For(Samples.Serving(change: s => s with
        {
            PriorityClassName = "mail",
            NodeSelector = new Dictionary<string, string> { ["example.net/pool"] = "edge" },
            Tolerations = [new TolerationSpec { Key = "edge", Operator = "Exists", Effect = "NoExecute", TolerationSeconds = 60 }],
        })).Deployment.Spec.Template.Spec;
        Assert.Equal(("mail", "edge"), (edge.PriorityClassName, edge.NodeSelector["example.net/pool"]));
        var toleration = Assert.Single(edge.Tolerations);
        Assert.Equal(("edge", "Exists", null, "NoExecute", 60), (toleration.Key, toleration.OperatorProperty, toleration.Value, toleration.Effect, toleration.TolerationSeconds));
    }

    [Fact]
    public void The_command_comes_from_the_class_where_it_names_one()
    {
        Assert.Null(ServingObjects.For(Samples.Serving()).Deployment.Spec.Template.Spec.Containers[0].Command);
        var own = Samples.Serving(change: s => s with { Command = ["/bin/policy-server"], Replicas = 3 });
        Assert.Equal(["/bin/policy-server"], ServingObjects.For(own).Deployment.Spec.Template.Spec.Containers[0].Command);
        Assert.Equal(3, ServingObjects.For(own).Deployment.Spec.Replicas);
        Assert.Equal(
            ["--policies", "/policies", "--listen", "[::]:8080", "--health-listen", "[::]:8081"],
            ServingObjects.For(own).Deployment.Spec.Template.Spec.Containers[0].Args);
    }

    [Fact]
    public void The_service_and_the_budget_choose_the_pods()
    {
        var objects = ServingObjects.For(Samples.Serving());
        var pods = objects.Deployment.Spec.Template.Metadata.Labels;

        foreach (var selector in new[] { objects.Service.Spec.Selector, objects.DisruptionBudget.Spec.Selector.MatchLabels, objects.Deployment.Spec.Selector.MatchLabels })
        {
            Assert.NotEmpty(selector);
            Assert.All(selector, s => Assert.Equal(s.Value, pods[s.Key]));
        }
    }

    [Fact]
    public void Two_classes_in_one_namespace_share_no_object() =>
        Gen.Select(ClassNames, ClassNames).Where(c => c.Item1 != c.Item2).Sample((one, other) =>
            ServingNames.OfClass(one) != ServingNames.OfClass(other)
            && ServingNames.OfShard(one, 1) != ServingNames.OfShard(other, 1)
            && ServingLabels.PodSelector(one)["app.kubernetes.io/instance"] != ServingLabels.PodSelector(other)["app.kubernetes.io/instance"]);

    [Theory]
    [InlineData("a.b", "a-b")]
    public void A_class_with_dots_does_not_take_the_place_of_one_with_hyphens(string dots, string hyphens) =>
        Assert.NotEqual(ServingNames.OfClass(dots), ServingNames.OfClass(hyphens));

    [Fact]
    public void Names_are_valid_whatever_the_class_is() =>
        ClassNames.Sample(name => KubernetesNames.Service().IsMatch(ServingNames.OfClass(name)) && KubernetesNames.Object().IsMatch(ServingNames.OfShard(name, 63))
            && ServingLabels.OfClass(name).Values.All(v => KubernetesNames.LabelValue().IsMatch(v)));

    [Fact]
    public void Names_are_valid_and_differ_whatever_the_domain_is() =>
        Gen.Select(Domains, Domains).Sample((one, other) =>
            new[] { ServingNames.OfHost(one), ServingNames.OfTlsSecret(one) }.All(n => n.Length <= 253 && KubernetesNames.Object().IsMatch(n))
            && ServingLabels.OfDomain("default", one).Values.All(v => KubernetesNames.LabelValue().IsMatch(v))
            && (one == other || ServingNames.OfHost(one) != ServingNames.OfHost(other)));

    [Fact]
    public void An_ingress_serves_exactly_the_policy()
    {
        var serving = Samples.Serving(change: s => s with
        {
            Exposure = new ExposureSpec
            {
                Ingress = new IngressSpec
                {
                    IngressClassName = "nginx",
                    Annotations = new Dictionary<string, string> { ["a"] = "b", [ApiGroup.OwnerAnnotation] = "forged" },
                    Tls = new HostTlsSpec { ClusterIssuer = "acme" },
                },
            },
        });

        var ingress = DomainIngress.For(Example, serving, (Exposure.Ingress)serving.Exposure, "team-a/p");

        Assert.Equal(("mta-sts-example.com", "mta-sts", "nginx"), (ingress.Metadata.Name, ingress.Metadata.NamespaceProperty, ingress.Spec.IngressClassName));
        var rule = Assert.Single(ingress.Spec.Rules);
        var path = Assert.Single(rule.Http.Paths);
        Assert.Equal(("mta-sts.example.com", "/.well-known/mta-sts.txt", "Exact"), (rule.Host, path.Path, path.PathType));
        Assert.Equal("mta-sts-default", path.Backend.Service.Name);
        Assert.Equal("mta-sts-example.com-tls", Assert.Single(ingress.Spec.Tls).SecretName);
        Assert.Equal("acme", ingress.Metadata.Annotations["cert-manager.io/cluster-issuer"]);
        Assert.Equal(("b", "team-a/p"), (ingress.Metadata.Annotations["a"], ingress.Metadata.Annotations[ApiGroup.OwnerAnnotation]));
    }

    [Fact]
    public void The_objects_are_such_that_the_newest_Kubernetes_knows_field_by_field()
    {
        var api = OpenApi.Find();
        Assert.SkipWhen(api is null, "no OpenAPI description of Kubernetes: set MTASTS_OPENAPI to the .json.gz of one");
        RequireKnown(api!);
    }

    [Theory]
    [MemberData(nameof(PublishedReleases.Names), MemberType = typeof(PublishedReleases))]
    public void The_objects_are_such_that_each_release_knows_field_by_field(string release) => RequireKnown(PublishedReleases.Require(release));

    [Fact]
    public void Host_records_are_those_that_the_class_names()
    {
        var serving = Samples.Serving(change: s => s with { Addresses = ["192.0.2.2", "2001:db8::1", "192.0.2.1"] });

        Assert.Equal(
            [
                RecordSet.Of("mta-sts.example.com", RecordType.A, 300, "192.0.2.1", "192.0.2.2"),
                RecordSet.Of("mta-sts.example.com", RecordType.Aaaa, 300, "2001:db8::1"),
                RecordSet.Of("mta-sts.example.com", RecordType.Cname, 300),
            ],
            HostRecords.For(Example, serving.Targets, 300));
    }

    [Fact]
    public void Host_records_come_from_the_ingress_where_the_class_says_nothing()
    {
        Assert.Equal(["198.51.100.1"], HostRecords.For(Example, HostView.TargetsOf(IngressAt(("198.51.100.1", null), (null, "lb.example.net"))), 300)[0].Values);
        Assert.Equal(["lb.example.net"], HostRecords.For(Example, HostView.TargetsOf(IngressAt((null, "LB.example.net."))), 300)[2].Values);
    }

    [Fact]
    public void While_nothing_is_known_of_the_host_there_is_no_record_set_to_publish()
    {
        Assert.Empty(HostRecords.For(Example, HostView.TargetsOf((V1Ingress?)null), 300));
        Assert.Empty(HostRecords.For(Example, HostView.TargetsOf(IngressAt(("", ""))), 300));
    }

    private static void RequireKnown(OpenApi api)
    {
        var serving = Samples.Serving();
        var objects = ServingObjects.For(serving);
        var balanced = ServingObjects.For(Samples.Serving(change: s => s with { Exposure = HostObjectsTests.LoadBalancer("acme") }));
        var ingress = DomainIngress.For(Example, serving, (Exposure.Ingress)serving.Exposure, "a/b");
        foreach (var one in new object[] { objects.Deployment, objects.Service, objects.DisruptionBudget, ingress, balanced.Deployment, balanced.Service })
        {
            Assert.Equal([], api.Problems(JsonNode.Parse(KubernetesJson.Serialize(one))!.AsObject()));
        }
    }

    private static V1Ingress IngressAt(params (string? Ip, string? Host)[] entries) => new()
    {
        Status = new V1IngressStatus
        {
            LoadBalancer = new V1IngressLoadBalancerStatus
            {
                Ingress = [.. entries.Select(e => new V1IngressLoadBalancerIngress { Ip = e.Ip, Hostname = e.Host })],
            },
        },
    };
}
