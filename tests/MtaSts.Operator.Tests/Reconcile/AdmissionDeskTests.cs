using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

public class AdmissionDeskTests
{
    private static readonly DateTime T0 = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_valid_policy_of_a_class_with_a_provider_may_act()
    {
        var policy = Policy("p");
        await using var world = await ListedCluster.OfAsync([policy, .. Platform()]);

        var admitted = Assert.IsType<Admission.Admitted>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy));

        Assert.Equal("example.com", admitted.Intent.Domain.ToString());
        Assert.Equal(("default", "bind", "cluster-a"), (admitted.Class.Name, admitted.Provider.Name, admitted.Provider.OwnerId));
    }

    public static TheoryData<string> Rejections => [.. Rejected.Keys];

    private static readonly Dictionary<string, (Reason Reason, string Says, Func<MtaStsPolicy, IEnumerable<IKubernetesObject<V1ObjectMeta>>> World, MtaStsPolicySpec Spec)> Rejected = new()
    {
        ["no class at all"] = (Reason.ClassNotFound, "no MtaStsClass is marked as default", _ => [], Samples.PolicySpec),
        ["a class that no mark makes the default"] = (Reason.ClassNotFound, "no MtaStsClass is marked as default", _ => [Class(isDefault: false)], Samples.PolicySpec),
        ["a class of another name"] = (
            Reason.ClassNotFound, "spec.className is \"gold\"", _ => Platform(), Samples.PolicySpec with { ClassName = "gold" }),
        ["a class that is not valid"] = (
            Reason.ClassInvalid, "MtaStsClass default: spec.serving",
            _ => [Class(Samples.ClassSpec with { Serving = Samples.ClassSpec.Serving with { Namespace = "" } }), Provider()], Samples.PolicySpec),
        ["a spec that is not valid"] = (Reason.InvalidSpec, "spec.domain", _ => Platform(), Samples.PolicySpec with { Domain = "not a domain" }),
        ["a namespace without the label"] = (
            Reason.NamespaceNotAllowed, "metadata.namespace",
            _ => [Class(Samples.ClassSpec with { AllowedNamespaces = Label("mail", "yes") }), Provider(), Namespace("team-a", [])], Samples.PolicySpec),
        ["a namespace that is not known yet"] = (
            Reason.NamespaceNotAllowed, "metadata.namespace",
            _ => [Class(Samples.ClassSpec with { AllowedNamespaces = Label("mail", "yes") }), Provider()], Samples.PolicySpec),
        ["a domain that the class does not allow"] = (
            Reason.DomainNotAllowed, "spec.domain",
            _ => [Class(Samples.ClassSpec with { AllowedDomains = ["*.example.org"] }), Provider()], Samples.PolicySpec),
        ["no provider"] = (Reason.ProviderNotFound, "spec.dnsProviderRef.name is \"bind\"", _ => [Class()], Samples.PolicySpec),
        ["a provider that is not valid"] = (
            Reason.ProviderInvalid, "ClusterDnsProvider bind: spec.",
            _ => [Class(), Provider(new DnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = "" } })], Samples.PolicySpec),
        ["names that would be too long below the cnameTarget"] = (
            Reason.InvalidSpec, $"spec.domain is {LongDomain}, and below the provider's cnameTarget sts.platform.example the names of its records would be 2 characters longer",
            _ => [Class(), Provider(Samples.ProviderSpec with { CnameTarget = "sts.platform.example" })], Samples.PolicySpec with { Domain = LongDomain }),
        ["a domain that is itself below a cnameTarget, where another domain's records are"] = (
            Reason.InvalidSpec, "its records would be below sts.platform.example, the cnameTarget of ClusterDnsProvider delegating",
            _ => [.. Platform(), Delegating()], Samples.PolicySpec with { Domain = "example.com.sts.platform.example" }),
        ["a class that serves where the operator does not"] = (
            Reason.ClassInvalid, "MtaStsClass default: spec.serving.namespace is \"elsewhere\", which this operator does not serve in; name one of mta-sts, or",
            _ => [ServingElsewhere(), Provider()], Samples.PolicySpec),
    };

    [Theory]
    [MemberData(nameof(Rejections))]
    public async Task What_may_not_act_is_told_the_field_and_the_fix(string name)
    {
        var (reason, says, objects, spec) = Rejected[name];
        var policy = Policy("p", spec);
        await using var world = await ListedCluster.OfAsync([policy, .. objects(policy)]);

        var rejected = Assert.IsType<Admission.Rejected>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy));

        Assert.Equal(reason, rejected.Reason);
        Assert.Contains(says, rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_operator_does_not_serve_a_policy_can_still_be_taken_down_and_keeps_its_claim()
    {
        var (older, younger) = (Policy("older", at: T0), Policy("younger", at: T0.AddSeconds(1), space: "team-b"));
        await using var world = await ListedCluster.OfAsync(older, younger, ServingElsewhere(), Provider());
        var desk = new AdmissionDesk(world.Cluster, "cluster-a");

        Assert.Equal("elsewhere", Assert.IsType<Admission.Admitted>(desk.AdmitAnywhere(older)).Class.Serving.Namespace);
        Assert.Equal("team-a/older", desk.ClaimedByOther(younger));
    }

    [Fact]
    public async Task A_namespace_with_the_label_may_use_the_class()
    {
        var policy = Policy("p");
        await using var world = await ListedCluster.OfAsync(
            policy, Class(Samples.ClassSpec with { AllowedNamespaces = Label("mail", "yes") }), Provider(), Namespace("team-a", new() { ["mail"] = "yes" }));

        Assert.IsType<Admission.Admitted>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy));
    }

    [Fact]
    public async Task Of_two_default_classes_the_older_is_used()
    {
        var policy = Policy("p");
        var young = Class(name: "young", at: T0.AddDays(1));
        await using var world = await ListedCluster.OfAsync(policy, young, Class(name: "old", at: T0), Provider());

        Assert.Equal("old", Assert.IsType<Admission.Admitted>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy)).Class.Name);
    }

    [Fact]
    public async Task The_older_of_two_claims_acts_and_the_younger_is_told_who_does()
    {
        var (older, younger) = (Policy("older", at: T0), Policy("younger", at: T0.AddSeconds(1), space: "team-b"));

        Assert.Null(await ClaimedByOther(older, [younger]));
        Assert.Equal("team-a/older", await ClaimedByOther(younger, [older]));
    }

    [Fact]
    public async Task Of_two_claims_of_one_second_exactly_one_acts()
    {
        var (one, two) = (Policy("one", uid: "b"), Policy("two", uid: "a"));

        Assert.Equal("team-a/two", await ClaimedByOther(one, [two]));
        Assert.Null(await ClaimedByOther(two, [one]));
    }

    [Fact]
    public async Task Another_domain_is_no_claim() =>
        Assert.Null(await ClaimedByOther(Policy("p", at: T0.AddDays(1)), [Policy("q", Samples.PolicySpec with { Domain = "example.net" })]));

    [Fact]
    public async Task An_older_resource_that_may_not_act_blocks_nobody()
    {
        var squatter = Policy("squatter", Samples.PolicySpec with { ClassName = "none-such" });

        Assert.Null(await ClaimedByOther(Policy("p", at: T0.AddDays(1)), [squatter]));
    }

    [Fact]
    public async Task An_older_resource_that_has_published_keeps_its_claim_though_its_class_is_broken_now()
    {
        var published = Policy("published", Samples.PolicySpec with { ClassName = "none-such" }, status: new MtaStsPolicyStatus { ServedId = "abc" });

        Assert.Equal("team-a/published", await ClaimedByOther(Policy("p", at: T0.AddDays(1)), [published]));
    }

    [Fact]
    public async Task A_resource_that_was_made_again_under_its_name_is_another_claim()
    {
        var gone = Policy("p", uid: "gone", at: T0);
        var again = Policy("p", uid: "again", at: T0.AddDays(1));

        Assert.Null(await ClaimedByOther(again, [], cached: again));
        Assert.Equal("team-a/p", await ClaimedByOther(again, [], cached: gone));
    }

    [Fact]
    public async Task A_domain_of_a_provider_with_a_cnameTarget_is_led_to_its_place()
    {
        var policy = Policy("p");
        await using var world = await ListedCluster.OfAsync(policy, Class(), Provider(Samples.ProviderSpec with { CnameTarget = "sts.platform.example" }), Delegating());

        var admitted = Assert.IsType<Admission.Admitted>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy));

        Assert.Equal("sts.platform.example", admitted.Intent.Delegation?.Suffix);
        Assert.Equal(admitted.Intent.Delegation, admitted.Provider.Delegation);
    }

    // Two characters more than the companion of its report record may have.
    private static string LongDomain => $"{string.Concat(Enumerable.Repeat(new string('a', 50) + ".", 4))}abcde";

    private static ClusterDnsProvider Delegating()
    {
        var made = Provider(Samples.ProviderSpec with { CnameTarget = "sts.platform.example" });
        made.Metadata.Name = "delegating";
        return made;
    }

    private static async Task<string?> ClaimedByOther(MtaStsPolicy policy, MtaStsPolicy[] others, MtaStsPolicy? cached = null)
    {
        await using var world = await ListedCluster.OfAsync([cached ?? policy, .. others, .. Platform()]);
        return new AdmissionDesk(world.Cluster, "cluster-a").ClaimedByOther(policy);
    }

    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Platform() => [Class(), Provider()];

    private static MtaStsPolicy Policy(
        string name, MtaStsPolicySpec? spec = null, DateTime? at = null, string? uid = null, string space = "team-a", MtaStsPolicyStatus? status = null) => new()
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space, Uid = uid ?? name, CreationTimestamp = at ?? T0, ResourceVersion = "1" },
            Spec = spec ?? Samples.PolicySpec,
            Status = status,
        };

    private static MtaStsClass Class(MtaStsClassSpec? spec = null, string name = "default", bool isDefault = true, DateTime? at = null)
    {
        var made = Samples.Class(spec ?? Samples.ClassSpec, name);
        made.Metadata.ResourceVersion = "1";
        made.Metadata.CreationTimestamp = at ?? T0;
        made.Metadata.Annotations = isDefault ? new Dictionary<string, string> { [ApiGroup.DefaultClassAnnotation] = "true" } : null;
        return made;
    }

    private static MtaStsClass ServingElsewhere() => Class(Samples.ClassSpec with { Serving = Samples.ClassSpec.Serving with { Namespace = "elsewhere" } });

    private static ClusterDnsProvider Provider(DnsProviderSpec? spec = null)
    {
        var made = Samples.Provider(spec ?? Samples.ProviderSpec);
        made.Metadata.ResourceVersion = "1";
        return made;
    }

    private static V1Namespace Namespace(string name, Dictionary<string, string> labels) =>
        new() { ApiVersion = "v1", Kind = "Namespace", Metadata = new V1ObjectMeta { Name = name, Labels = labels, ResourceVersion = "1" } };

    private static LabelSelectorSpec Label(string key, string value) => new() { MatchLabels = new Dictionary<string, string> { [key] = value } };
}
