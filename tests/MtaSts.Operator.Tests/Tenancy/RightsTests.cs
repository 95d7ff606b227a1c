using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Tests.Reconcile;
using static MtaSts.Operator.Tests.Tenancy.Tenants;

namespace MtaSts.Operator.Tests.Tenancy;

/// <summary>What a tenant may ask for, and what a class keeps from him.</summary>
public sealed class RightsTests
{
    private static readonly MtaStsPolicyStatus Settled = new() { ServedId = "abc", PolicyId = "abc", SettledAt = new DateTimeOffset(T0.AddHours(1)) };

    [Fact]
    public async Task A_policy_may_name_a_provider_of_its_namespace_where_the_class_lets_it()
    {
        var admitted = Assert.IsType<Admission.Admitted>(await AdmitAsync(
            Policy("team-a", Spec("example.com", "own")), Class(c => c with { NamespacedProviders = new() { AllowedAddresses = ["10.1.0.0/16"] } }), Own("team-a", WithKey)));

        Assert.Equal(("team-a/own", "team-a"), (admitted.Provider.Name, admitted.Provider.Namespace));
        Assert.True(admitted.Provider.Reach.Allows(new([10, 1, 2, 3])));
        Assert.False(admitted.Provider.Reach.Allows(new([10, 2, 2, 3])));
        Assert.False(admitted.Provider.Reach.Allows(new([127, 0, 0, 1])));
    }

    [Fact]
    public async Task Without_a_reference_the_class_s_provider_writes_and_may_be_anywhere()
    {
        var admitted = Assert.IsType<Admission.Admitted>(await AdmitAsync(Policy("team-a", Spec("example.com")), Class(c => c with { NamespacedProviders = new() }), Own("team-a", WithKey)));

        Assert.Equal(("bind", null), (admitted.Provider.Name, admitted.Provider.Namespace));
        Assert.Equal(Reach.Anywhere, admitted.Provider.Reach);
    }

    public static TheoryData<string> Refusals => [.. Refused.Keys];

    private static readonly Dictionary<string, (Reason Reason, string Says, MtaStsPolicySpec Spec, Func<MtaStsClassSpec, MtaStsClassSpec> Class, DnsProvider[] Providers)> Refused = new()
    {
        ["a class that lets nobody name one"] = (Reason.ProviderNotAllowed, "spec.dnsProviderRef is set, and class \"default\"", Spec("example.com", "own"), c => c, [Own("team-a", WithKey)]),
        ["a kind of place that the class does not allow"] = (
            Reason.ProviderNotAllowed, "writes to powerDns; class \"default\" allows cloudflare", Spec("example.com", "own"),
            c => c with { NamespacedProviders = new() { Backends = ["cloudflare"] } }, [Own("team-a", WithKey)]),
        ["a provider that only another namespace has"] = (
            Reason.ProviderNotFound, "no such DnsProvider in namespace team-a", Spec("example.com", "own"), c => c with { NamespacedProviders = new() }, [Own("team-b", WithKey)]),
        ["a reference that leaves the namespace"] = (
            Reason.InvalidSpec, "spec.dnsProviderRef.name", Spec("example.com", "../team-b/own"), c => c with { NamespacedProviders = new() }, [Own("team-b", WithKey)]),
        ["a kind of provider that is the platform's"] = (
            Reason.InvalidSpec, "spec.dnsProviderRef.kind", Spec("example.com") with { DnsProviderRef = new() { Kind = "ClusterDnsProvider", Name = "bind" } },
            c => c with { NamespacedProviders = new() }, []),
        ["a provider that is not valid"] = (
            Reason.ProviderInvalid, "DnsProvider team-a/own: spec does not say", Spec("example.com", "own"), c => c with { NamespacedProviders = new() }, [Own("team-a", new DnsProviderSpec())]),
        ["a stand-in for Cloudflare"] = (
            Reason.ProviderInvalid, "spec.cloudflare.url is set", Spec("example.com", "own"), c => c with { NamespacedProviders = new() },
            [Own("team-a", new DnsProviderSpec { Cloudflare = new CloudflareSpec { Url = "https://evil.example/", TokenSecretRef = new SecretKeyReference { Name = "key" } } })]),
        ["objects for external-dns"] = (
            Reason.ProviderInvalid, "spec.externalDnsEndpoint is set", Spec("example.com", "own"), c => c with { NamespacedProviders = new() },
            [Own("team-a", new DnsProviderSpec { ExternalDnsEndpoint = new ExternalDnsEndpointSpec { Namespace = "kube-system" }, Zones = ["example.com"] })]),
        ["a Secret beyond a slash"] = (
            Reason.ProviderInvalid, "spec.powerDns.apiKeySecretRef.name", Spec("example.com", "own"), c => c with { NamespacedProviders = new() },
            [Own("team-a", new DnsProviderSpec { PowerDns = WithKey.PowerDns! with { ApiKeySecretRef = new SecretKeyReference { Name = "../../mta-sts/secrets/key" } } })]),
        ["a domain of somebody else"] = (Reason.DomainNotAllowed, "spec.domain", Spec("example.com"), c => c with { AllowedDomains = ["*.team-a.example"] }, []),
        ["the name that a wildcard rule is below"] = (Reason.DomainNotAllowed, "spec.domain", Spec("team-a.example"), c => c with { AllowedDomains = ["*.team-a.example"] }, []),
        ["a name that only ends like an allowed one"] = (Reason.DomainNotAllowed, "spec.domain", Spec("evilteam-a.example"), c => c with { AllowedDomains = ["*.team-a.example", "team-a.example"] }, []),
        ["a look-alike in letters of another script"] = (Reason.InvalidSpec, "spec.domain", Spec("ex\u0430mple.com"), c => c, []),
        ["the A-label of a look-alike"] = (Reason.DomainNotAllowed, "spec.domain", Spec("xn--exmple-4nf.com"), c => c with { AllowedDomains = ["example.com"] }, []),
        ["full-width letters"] = (Reason.InvalidSpec, "spec.domain", Spec("\uff45xample.com"), c => c, []),
        ["upper case"] = (Reason.InvalidSpec, "spec.domain", Spec("Example.com"), c => c, []),
        ["a wildcard for a domain"] = (Reason.InvalidSpec, "spec.domain", Spec("*.example.com"), c => c, []),
        ["a top-level domain"] = (Reason.InvalidSpec, "spec.domain", Spec("com"), c => c, []),
        ["an address for a domain"] = (Reason.InvalidSpec, "spec.domain", Spec("192.0.2.1"), c => c, []),
        ["a domain with a line in it"] = (Reason.InvalidSpec, "spec.domain", Spec("example.com\r\nHost: evil"), c => c, []),
        ["a hundred and one patterns"] = (Reason.InvalidSpec, "spec.mx", Spec("example.com") with { Mx = [.. Enumerable.Range(0, 101).Select(i => $"mx{i}.example.com")] }, c => c, []),
        ["a policy beyond its size"] = (
            Reason.InvalidSpec, "spec.mx", Spec("example.com") with { Mx = [.. Enumerable.Range(0, 90).Select(i => $"{new string('a', 60)}.{new string('b', 50)}{i}.example.com")] }, c => c, []),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_a_class_did_not_give_is_refused_with_field_and_fix(string what)
    {
        var (reason, says, spec, change, providers) = Refused[what];

        var rejected = Assert.IsType<Admission.Rejected>(await AdmitAsync(Policy("team-a", spec), Class(change), providers));

        Assert.Equal(reason, rejected.Reason);
        Assert.Contains(says, rejected.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rejected.Message, char.IsControl);
    }

    [Fact]
    public async Task A_sub_domain_of_anothers_domain_is_a_claim_of_its_own_unless_the_class_forbids_it()
    {
        var above = Policy("team-b", Spec("example.com"), T0.AddDays(-1), Settled);
        var below = Policy("team-a", Spec("mail.example.com"));

        Assert.IsType<Admission.Admitted>(await AdmitAsync(below, Class(c => c), above));
        var rejected = Assert.IsType<Admission.Rejected>(await AdmitAsync(below, Class(Forbidding), above));

        Assert.Equal(Reason.DomainNotAllowed, rejected.Reason);
        Assert.Contains("below \"example.com\", which another namespace has", rejected.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("team-b", rejected.Message, StringComparison.Ordinal);
        Assert.NotNull(rejected.LookAgain);
    }

    public static TheoryData<string, string, int, bool, bool> Harmless => new()
    {
        { "the same namespace has both", "team-a", -1, true, false },
        { "the domain above came later", "team-b", 1, true, false },
        { "nobody has seen records of the domain above, such as a public suffix", "team-b", -1, false, false },
        { "the sub-domain is published already", "team-b", -1, true, true },
    };

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task A_sub_domain_is_not_forbidden_where(string why, string space, int days, bool isSettled, bool isPublished)
    {
        var above = Policy(space, Spec("example.com"), T0.AddDays(days), isSettled ? Settled : new MtaStsPolicyStatus { ServedId = "abc" });
        var below = Policy("team-a", Spec("mail.example.com"), status: isPublished ? new MtaStsPolicyStatus { ServedId = "def" } : null);

        Assert.True(await AdmitAsync(below, Class(Forbidding), above) is Admission.Admitted, why);
    }

    [Fact]
    public async Task A_claim_to_a_public_suffix_blocks_none_of_the_domains_below_it()
    {
        var squatter = Policy("team-b", Spec("co.uk"), T0.AddDays(-9), new MtaStsPolicyStatus { ServedId = "abc" });

        Assert.IsType<Admission.Admitted>(await AdmitAsync(Policy("team-a", Spec("example.co.uk")), Class(Forbidding), squatter));
    }

    [Fact]
    public async Task A_retirement_goes_on_through_the_provider_of_the_namespace_though_the_class_lets_nobody_name_one_any_more()
    {
        var retirement = new MtaStsRetirement
        {
            Metadata = new V1ObjectMeta { Name = "example.com", ResourceVersion = "1" },
            Spec = new MtaStsRetirementSpec
            {
                Domain = "example.com",
                ClassName = "default",
                Mx = ["mx1.example.com"],
                PolicyRef = new PolicyReference { Namespace = "team-a", Name = "p" },
                DnsProviderRef = new OwnProviderReference { Name = "own" },
            },
        };
        await using var world = await ListedCluster.OfAsync([retirement, Class(c => c), Platform(), Own("team-a", WithKey)]);

        var admitted = Assert.IsType<Admission.Admitted>(new AdmissionDesk(world.Cluster, "cluster-a").Admit(retirement));
        Assert.Equal("team-a/own", admitted.Provider.Name);
        Assert.False(admitted.Provider.Reach.Allows(new([10, 1, 2, 3])));
    }

    private static MtaStsClassSpec Forbidding(MtaStsClassSpec spec) => spec with { SubdomainsOfOthers = "Forbid" };

    private static async Task<Admission> AdmitAsync(MtaStsPolicy policy, MtaStsClass ofClass, params IKubernetesObject<V1ObjectMeta>[] others)
    {
        await using var world = await ListedCluster.OfAsync([policy, ofClass, Platform(), .. others]);
        return new AdmissionDesk(world.Cluster, "cluster-a").Admit(policy);
    }
}
