using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

public sealed class ClassReaderTests
{
    private static readonly StageSpec Testing = new() { Name = "testing", Mode = "testing", MaxAge = "1d", Soak = "20s" };
    private static readonly StageSpec Enforce = new() { Name = "enforce", Mode = "enforce", MaxAge = "1w" };

    private static Func<MtaStsClassSpec, MtaStsClassSpec> Tolerating(TolerationSpec toleration) => s => s with { Serving = s.Serving with { Tolerations = [toleration] } };

    public static TheoryData<string, string, Func<MtaStsClassSpec, MtaStsClassSpec>> BadSpecs => new()
    {
        { "no provider", "spec.dnsProviderRef.name", s => s with { DnsProviderRef = new DnsProviderReference() } },
        { "an unknown kind of provider", "spec.dnsProviderRef.kind", s => s with { DnsProviderRef = new DnsProviderReference { Kind = "Dns", Name = "x" } } },
        { "no serving namespace", "spec.serving.namespace", s => s with { Serving = s.Serving with { Namespace = "" } } },
        { "no image", "spec.serving.image", s => s with { Serving = s.Serving with { Image = "" } } },
        { "no replica", "spec.serving.replicas", s => s with { Serving = s.Serving with { Replicas = 0 } } },
        { "an address that is none", "spec.serving.addresses[1]", s => s with { Serving = s.Serving with { Addresses = ["192.0.2.1", "1"] } } },
        { "a name beside an address", "spec.serving.addresses", s => s with { Serving = s.Serving with { Addresses = ["192.0.2.1", "lb.example.net"] } } },
        { "nothing says where the hosts are", "spec.serving.addresses", s => s with { Serving = s.Serving with { Exposure = new ExposureSpec { Type = "None" } } } },
        { "an unknown exposure", "spec.serving.exposure.type", s => s with { Serving = s.Serving with { Exposure = new ExposureSpec { Type = "Tunnel" } } } },
        { "a gateway without a name", "spec.serving.exposure.gateway.parentRef", s => s with { Serving = s.Serving with { Exposure = new ExposureSpec { Type = "Gateway" } } } },
        {
            "a gateway whose name is none", "spec.serving.exposure.gateway.parentRef.name",
            s => s with { Serving = s.Serving with { Exposure = Gateway(new GatewayReference { Name = "Public" }) } }
        },
        {
            "a gateway in a namespace that can be none", "spec.serving.exposure.gateway.parentRef.namespace",
            s => s with { Serving = s.Serving with { Exposure = Gateway(new GatewayReference { Name = "public", Namespace = "a.b" }) } }
        },
        {
            "a section beside listeners of one's own", "spec.serving.exposure.gateway.parentRef.sectionName",
            s => s with { Serving = s.Serving with { Exposure = Gateway(new GatewayReference { Name = "public", SectionName = "https" }, "ListenerSet") } }
        },
        {
            "listeners of an unknown kind", "spec.serving.exposure.gateway.listeners",
            s => s with { Serving = s.Serving with { Exposure = Gateway(new GatewayReference { Name = "public" }, "Mine") } }
        },
        {
            "an issuer whose name is none", "spec.serving.exposure.loadBalancer.tls.clusterIssuer",
            s => s with { Serving = s.Serving with { Exposure = new ExposureSpec { Type = "LoadBalancer", LoadBalancer = new LoadBalancerSpec { Tls = new HostTlsSpec { ClusterIssuer = "a b" } } } } }
        },
        {
            "no new host at all", "spec.serving.exposure.maxNewHostsPerHour",
            s => s with { Serving = s.Serving with { Exposure = new ExposureSpec { MaxNewHostsPerHour = 0 } } }
        },
        { "a service account whose name is none", "spec.serving.serviceAccountName", s => s with { Serving = s.Serving with { ServiceAccountName = "A" } } },
        {
            "a quantity that is none", "spec.serving.resources.limits.memory",
            s => s with { Serving = s.Serving with { Resources = new ContainerResourcesSpec { Limits = new Dictionary<string, string> { ["memory"] = "lots" } } } }
        },
        { "a priority class whose name is none", "spec.serving.priorityClassName", s => s with { Serving = s.Serving with { PriorityClassName = "High" } } },
        { "a node label that is none", "spec.serving.nodeSelector", s => s with { Serving = s.Serving with { NodeSelector = new Dictionary<string, string> { ["a b"] = "c" } } } },
        { "a node label's value that is none", "spec.serving.nodeSelector", s => s with { Serving = s.Serving with { NodeSelector = new Dictionary<string, string> { ["a"] = "-" } } } },
        { "a taint whose key is none", "spec.serving.tolerations[0].key", Tolerating(new TolerationSpec { Key = "a b" }) },
        { "no key, and a value to compare", "spec.serving.tolerations[0].key", Tolerating(new TolerationSpec { Value = "edge" }) },
        { "a value beside Exists", "spec.serving.tolerations[0].value", Tolerating(new TolerationSpec { Key = "a", Operator = "Exists", Value = "b" }) },
        { "another operator", "spec.serving.tolerations[0].operator", Tolerating(new TolerationSpec { Key = "a", Operator = "In" }) },
        { "another effect", "spec.serving.tolerations[0].effect", Tolerating(new TolerationSpec { Key = "a", Effect = "Never" }) },
        { "seconds without NoExecute", "spec.serving.tolerations[0].tolerationSeconds", Tolerating(new TolerationSpec { Key = "a", TolerationSeconds = 60 }) },
        { "no stage", "spec.rollout.stages", s => s with { Rollout = new RolloutSpec { Stages = [] } } },
        { "a stage name twice", "spec.rollout.stages[1].name", s => s with { Rollout = new RolloutSpec { Stages = [Testing, Enforce with { Name = "testing" }] } } },
        { "a stage name that is no label", "spec.rollout.stages[0].name", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { Name = "A.b" }] } } },
        { "testing after enforce", "spec.rollout.stages[2].mode", s => s with { Rollout = new RolloutSpec { Stages = [Testing, Enforce, Testing with { Name = "again" }] } } },
        { "enforce first", "spec.rollout.stages[0].mode", s => s with { Rollout = new RolloutSpec { Stages = [Enforce] } } },
        { "mode none as a stage", "spec.rollout.stages[0].mode", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { Mode = "none" }] } } },
        { "max_age under a day", "spec.rollout.stages[0].maxAge", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { MaxAge = "86399s" }] } } },
        { "max_age over what strict senders take", "spec.rollout.stages[0].maxAge", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { MaxAge = "31557600s" }] } } },
        { "no max_age", "spec.rollout.stages[0].maxAge", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { MaxAge = "" }] } } },
        { "a soak that does not parse", "spec.rollout.stages[0].soak", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { Soak = "soon" }] } } },
        { "an unknown approval", "spec.rollout.stages[0].approval", s => s with { Rollout = new RolloutSpec { Stages = [Testing with { Approval = "Maybe" }] } } },
        { "an interval of nothing", "spec.rollout.interval", s => s with { Rollout = new RolloutSpec { Interval = "0s" } } },
        { "an interval over a day", "spec.rollout.interval", s => s with { Rollout = new RolloutSpec { Interval = "2d" } } },
        { "a network with bits behind the prefix", "spec.probes.allowedAddresses[0]", s => s with { Probes = new ProbesSpec { AllowedAddresses = ["10.0.0.1/8"] } } },
        { "a domain rule that is none", "spec.allowedDomains[0]", s => s with { AllowedDomains = ["*example.com"] } },
        { "a domain rule in upper case", "spec.allowedDomains[0]", s => s with { AllowedDomains = ["Example.com"] } },
        { "an empty list of domains", "spec.allowedDomains", s => s with { AllowedDomains = [] } },
        { "an unknown operator", "spec.allowedNamespaces.matchExpressions[0].operator", s => s with { AllowedNamespaces = Expression("Like") } },
        { "In without values", "spec.allowedNamespaces.matchExpressions[0].values", s => s with { AllowedNamespaces = Expression("In") } },
        { "Exists with values", "spec.allowedNamespaces.matchExpressions[0].values", s => s with { AllowedNamespaces = Expression("Exists", "x") } },
    };

    [Theory]
    [MemberData(nameof(BadSpecs), DisableDiscoveryEnumeration = true)]
    public void Names_the_field(string why, string path, Func<MtaStsClassSpec, MtaStsClassSpec> change)
    {
        var reading = ClassReader.Read(Samples.Class(change(Samples.ClassSpec)));

        Assert.False(reading.IsValid, why);
        Assert.Equal(path, Assert.Single(reading.Problems).Path);
        Assert.NotEqual("", reading.Problems[0].Fix);
    }

    [Fact]
    public void Soaks_of_seconds_and_approvals_are_read()
    {
        var stages = ClassReader.Read(Samples.Class(Samples.ClassSpec with
        {
            Rollout = new RolloutSpec { Stages = [Testing, Enforce with { Approval = "Manual" }], Interval = "1s" },
        })).Value!.Stages;

        Assert.Equal(TimeSpan.FromSeconds(20), stages[0].Soak);
        Assert.Equal(TimeSpan.Zero, stages[1].Soak);
        Assert.Equal(Approval.Manual, stages[1].Approval);
    }

    [Fact]
    public void Addresses_are_brought_into_one_form()
    {
        var targets = Samples.Serving(change: s => s with { Addresses = ["2001:DB8:0::1", "192.0.2.1"] }).Targets;

        Assert.Equal(["192.0.2.1", "2001:db8::1"], targets.Addresses);
        Assert.Null(targets.HostName);
    }

    [Theory]
    [InlineData("In", "prod", true)]
    [InlineData("In", "test", false)]
    [InlineData("In", null, false)]
    [InlineData("NotIn", "prod", false)]
    [InlineData("NotIn", null, true)]
    [InlineData("Exists", "x", true)]
    [InlineData("Exists", null, false)]
    [InlineData("DoesNotExist", "x", false)]
    [InlineData("DoesNotExist", null, true)]
    public void Namespaces_are_chosen_as_Kubernetes_does(string op, string? label, bool allowed)
    {
        var values = op is "In" or "NotIn" ? new[] { "prod", "stage" } : [];
        var rights = Rights(s => s with { AllowedNamespaces = Expression(op, values) });
        var labels = label is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["env"] = label };

        var problem = rights.Allows("team-a", labels, MailDomain.Parse("example.com"));

        Assert.Equal(allowed, problem is null);
        Assert.True(allowed || problem!.Reason == Reason.NamespaceNotAllowed);
    }

    [Fact]
    public void A_namespace_can_be_named_although_the_API_server_sets_no_label_for_it()
    {
        var rights = Rights(s => s with
        {
            AllowedNamespaces = new LabelSelectorSpec { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "team-a" } },
        });

        Assert.Null(rights.Allows("team-a", new Dictionary<string, string>(), MailDomain.Parse("example.com")));
        Assert.NotNull(rights.Allows("team-b", new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = "team-a" }, MailDomain.Parse("example.com")));
    }

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("sub.example.com", false)]
    [InlineData("example.net", false)]
    [InlineData("a.example.net", true)]
    [InlineData("a.b.example.net", true)]
    [InlineData("badexample.net", false)]
    [InlineData("shop.example", true)]
    public void Domains_are_allowed_by_name_or_suffix(string domain, bool allowed)
    {
        var rights = Rights(s => s with { AllowedDomains = ["example.com", "*.example.net", "*.example"] });

        var problem = rights.Allows("team-a", new Dictionary<string, string>(), MailDomain.Parse(domain));

        Assert.Equal(allowed, problem is null);
        Assert.True(allowed || problem!.Reason == Reason.DomainNotAllowed);
    }

    private static LabelSelectorSpec Expression(string op, params string[] values) =>
        new() { MatchExpressions = [new LabelRequirementSpec { Key = "env", Operator = op, Values = values }] };

    private static ClassRights Rights(Func<MtaStsClassSpec, MtaStsClassSpec> change) => ClassReader.Read(Samples.Class(change(Samples.ClassSpec))).Value!.Rights;

    private static ExposureSpec Gateway(GatewayReference parent, string? listeners = null) =>
        new() { Type = "Gateway", Gateway = new GatewaySpec { ParentRef = parent, Listeners = listeners } };
}
