using System.Text.Json.Nodes;
using MtaSts.Core.Mail;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Serving;

/// <summary>By which objects a policy host is reached, for each exposure.</summary>
public sealed class HostObjectsTests
{
    private const string Owner = "team-a/p";
    private static readonly MailDomain Example = MailDomain.Parse("example.com");

    /// <summary>One of each kind of exposure, with all that it can ask for.</summary>
    internal static readonly IReadOnlyList<ExposureSpec> EveryExposure =
        [new(), Gateway("Parent", section: "https", issuer: null), Gateway("ListenerSet", section: null, issuer: "acme"), LoadBalancer("acme")];

    [Fact]
    public void On_a_gateway_with_listeners_of_its_own_a_route_is_all()
    {
        var route = Assert.Single(For(Gateway("Parent", section: "https", issuer: null)));

        Assert.Equal("HTTPRoute mta-sts/mta-sts-example.com", route.ToString());
        Assert.Equal(
            "{'parentRefs':[{'group':'gateway.networking.k8s.io','kind':'Gateway','namespace':'gateways','name':'public','sectionName':'https'}],'hostnames':['mta-sts.example.com'],"
            + "'rules':[{'matches':[{'path':{'type':'Exact','value':'/.well-known/mta-sts.txt'}}],"
            + "'backendRefs':[{'kind':'Service','name':'mta-sts-default','port':80,'weight':1}]}]}",
            route.Body["spec"]!.ToJsonString().Replace('"', '\''));
    }

    [Fact]
    public void With_a_listener_set_the_certificate_comes_first_and_the_route_hangs_on_the_listeners()
    {
        var objects = For(Gateway("ListenerSet", section: null, issuer: "acme"));

        Assert.Equal(
            ["Certificate mta-sts/mta-sts-example.com-tls", "ListenerSet mta-sts/mta-sts-example.com", "HTTPRoute mta-sts/mta-sts-example.com"], objects.Select(o => o.ToString()));
        var (certificate, listeners, route) = (Spec(objects[0]), Spec(objects[1]), Spec(objects[2]));
        Assert.Equal(("mta-sts-example.com-tls", "acme"), ((string?)certificate["secretName"], (string?)certificate["issuerRef"]!["name"]));
        Assert.Equal("""["mta-sts.example.com"]""", certificate["dnsNames"]!.ToJsonString());
        Assert.Equal(("gateways", "public"), ((string?)listeners["parentRef"]!["namespace"], (string?)listeners["parentRef"]!["name"]));
        var listener = Assert.Single(listeners["listeners"]!.AsArray())!;
        Assert.Equal(("mta-sts.example.com", 443, "HTTPS"), ((string?)listener["hostname"], (int)listener["port"]!, (string?)listener["protocol"]));
        Assert.Equal("mta-sts-example.com-tls", (string?)listener["tls"]!["certificateRefs"]![0]!["name"]);
        var parent = route["parentRefs"]![0]!;
        Assert.Equal(("ListenerSet", "mta-sts", "mta-sts-example.com", "https"), ((string?)parent["kind"], (string?)parent["namespace"], (string?)parent["name"], (string?)parent["sectionName"]));
    }

    [Fact]
    public void Behind_a_load_balancer_there_is_a_certificate_where_the_class_has_an_issuer_and_nothing_else()
    {
        Assert.Equal("Certificate mta-sts/mta-sts-example.com-tls", Assert.Single(For(LoadBalancer("acme"))).ToString());
        Assert.Empty(For(LoadBalancer(null)));
    }

    [Fact]
    public void Every_object_says_for_whom_it_is_and_can_be_found_by_its_labels() =>
        Assert.All(
            EveryExposure.SelectMany(For),
            o =>
            {
                var metadata = o.Body["metadata"]!;
                Assert.Equal((Owner, "example.com"), ((string?)metadata["annotations"]![ApiGroup.OwnerAnnotation], (string?)metadata["annotations"]![ApiGroup.DomainAnnotation]));
                Assert.Equal((ServingLabels.ManagedBy, "example.com"), ((string?)metadata["labels"]!["app.kubernetes.io/managed-by"], (string?)metadata["labels"]![ApiGroup.DomainLabel]));
            });

    [Fact]
    public void Policy_servers_behind_a_load_balancer_end_TLS_with_certificates_from_optional_Secrets()
    {
        var serving = Samples.Serving(change: s => s with { Exposure = LoadBalancer("acme"), ServiceAccountName = "server" });
        var (deployment, service, _) = ServingObjects.For(serving);

        Assert.Equal(("LoadBalancer", 443, "https"), (service.Spec.Type, service.Spec.Ports.Single().Port, service.Spec.Ports.Single().TargetPort.Value));
        Assert.Equal("internal", service.Metadata.Annotations["lb/scheme"]);
        var pod = deployment.Spec.Template.Spec;
        Assert.Equal(("server", false), (pod.ServiceAccountName, pod.AutomountServiceAccountToken));
        Assert.Contains("--tls-listen", pod.Containers[0].Args);
        Assert.Contains(pod.Containers[0].Ports, p => p is { Name: "https", ContainerPort: ServingObjects.TlsPort });
        var volume = pod.Volumes.Single(v => v.Name == "certificates");
        Assert.Equal(PolicyShard.Count, volume.Projected.Sources.Count);
        Assert.All(volume.Projected.Sources, source => Assert.True(source.Secret.Optional));
        Assert.Contains(volume.Projected.Sources, source => source.Secret.Name == CertificateShard.Of(Example, "default").SecretName);
        Assert.All(pod.Containers[0].VolumeMounts, mount => Assert.True(mount.ReadOnlyProperty));
    }

    [Fact]
    public void Behind_anything_else_no_policy_server_has_a_certificate() =>
        Assert.All(new[] { new ExposureSpec(), Gateway("Parent", null, "acme") }, exposure =>
        {
            var (deployment, service, _) = ServingObjects.For(Samples.Serving(change: s => s with { Exposure = exposure }));
            Assert.Equal("ClusterIP", service.Spec.Type);
            Assert.Equal("policies", Assert.Single(deployment.Spec.Template.Spec.Volumes).Name);
            Assert.DoesNotContain("--tls-listen", deployment.Spec.Template.Spec.Containers[0].Args);
        });

    private static IReadOnlyList<HostObject> For(ExposureSpec exposure) => HostObjects.For(Example, Samples.Serving(change: s => s with { Exposure = exposure }), Owner);

    private static JsonNode Spec(HostObject item) => item.Body["spec"]!;

    private static ExposureSpec Gateway(string listeners, string? section, string? issuer) => new()
    {
        Type = nameof(Exposure.Gateway),
        Gateway = new GatewaySpec
        {
            ParentRef = new GatewayReference { Namespace = "gateways", Name = "public", SectionName = section },
            Listeners = listeners,
            Tls = new HostTlsSpec { ClusterIssuer = issuer },
        },
    };

    internal static ExposureSpec LoadBalancer(string? issuer) => new()
    {
        Type = nameof(Exposure.LoadBalancer),
        LoadBalancer = new LoadBalancerSpec
        {
            Annotations = new Dictionary<string, string> { ["lb/scheme"] = "internal" },
            Tls = new HostTlsSpec { ClusterIssuer = issuer },
        },
    };
}
