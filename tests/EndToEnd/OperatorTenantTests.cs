using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A team with a provider of its own: its key is in its namespace, and the operator may read it when the team says so.</summary>
public sealed class OperatorTenantTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    private const string Secret = "team-key";

    private const string Owner = "team-b";

    /// <summary>The lines of the class that lets teams do so.</summary>
    internal static string Rights(OperatorScene scene) => $"  namespacedProviders: {{ backends: [rfc2136], allowedAddresses: [\"{scene.Mail.Plan.Subnet}\"] }}\n";

    [Fact]
    public async Task A_team_brings_its_provider_and_lets_the_operator_read_the_one_Secret()
    {
        var scene = world.Scene;
        await scene.AddDomainAsync("tenant.test");
        await scene.ApplyAsync(Provider(scene) + OperatorScene.Policy($"{Owner}/tenant", "tenant.test", "className: tenants, dnsProviderRef: { kind: DnsProvider, name: own }"));

        var refused = await scene.UntilAsync($"{Owner}/tenant", p => p.Condition("DnsPublished", "reason") == "ProviderCredentialsRefused", "the missing right is named");
        Assert.Contains($"may not read Secret {Owner}/{Secret}", refused.Condition("DnsPublished", "message"), StringComparison.Ordinal);
        Assert.Contains("a Role with the verb get", refused.Condition("DnsPublished", "message"), StringComparison.Ordinal);
        Assert.Empty(await scene.RecordsAsync("_mta-sts.tenant.test"));

        await scene.ApplyAsync(Right);
        var enforced = await scene.UntilStageAsync($"{Owner}/tenant", "enforce");
        Assert.Equal(["testing Started", "enforce SoakElapsed"], enforced.Moves);
        Assert.Contains($"resource={Owner}/tenant", Assert.Single(await scene.RecordsAsync("_mtasts-owner._mta-sts.tenant.test")), StringComparison.Ordinal);
        Assert.Equal("enforce", (await scene.Mail.Sender.QueryPolicyAsync("tenant.test", TestContext.Current.CancellationToken)).Mode);

        // Another team's policy finds no provider of that name in its own namespace.
        await scene.AddDomainAsync("covetous.test");
        await scene.ApplyAsync(OperatorScene.Policy("team-a/covetous", "covetous.test", "className: tenants, dnsProviderRef: { kind: DnsProvider, name: own }"));
        await scene.UntilAsync("covetous", p => p is { Ready: "False", Reason: "ProviderNotFound" }, "a provider of another namespace is none");
        Assert.Empty(await scene.TracesAsync("covetous.test"));
    }

    private static string Provider(OperatorScene scene) => $$"""
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: {{Secret}}, namespace: {{Owner}} }
        stringData: { secret: "{{scene.Mail.Dns.Sha512Key.Secret}}" }
        ---
        apiVersion: mta-sts.dev/v1alpha1
        kind: DnsProvider
        metadata: { name: own, namespace: {{Owner}} }
        spec:
          ttl: {{OperatorLivesFixture.Ttl}}
          rfc2136:
            server: "{{scene.Mail.Dns.PrimaryAddress}}"
            tsig:
              keyName: {{scene.Mail.Dns.Sha512Key.Name}}
              algorithm: hmac-sha512
              secretRef: { name: {{Secret}}, key: secret }

        """;

    // As docs/tenancy.md has it.
    private static string Right => $$"""
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: mta-sts-secret, namespace: {{Owner}} }
        rules: [{ apiGroups: [""], resources: [secrets], resourceNames: [{{Secret}}], verbs: [get] }]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: mta-sts-secret, namespace: {{Owner}} }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: mta-sts-secret }
        subjects: [{ kind: ServiceAccount, name: {{OperatorWorld.OperatorDeployment}}, namespace: {{OperatorWorld.SystemNamespace}} }]

        """;
}
