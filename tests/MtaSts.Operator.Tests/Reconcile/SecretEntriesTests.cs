using System.Text;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Tests.Tenancy;

namespace MtaSts.Operator.Tests.Reconcile;

public sealed class SecretEntriesTests
{
    [Fact]
    public async Task A_provider_of_a_namespace_reads_the_secret_of_its_own_namespace_and_no_other()
    {
        await using var world = await ListedCluster.OfAsync(Secret("mta-sts", "key", "platform's"), Secret("team-a", "key", "team a's"), Secret("team-b", "key", "team b's"));

        Assert.Equal(("team a's", null), await ReadAsync(world, Own("team-a")));
        Assert.Equal(("team b's", null), await ReadAsync(world, Own("team-b")));
        Assert.Equal(["/api/v1/namespaces/team-a/secrets/key", "/api/v1/namespaces/team-b/secrets/key"], world.Reads);
    }

    [Fact]
    public async Task A_provider_of_the_cluster_reads_the_operators_namespace_from_its_cache_alone()
    {
        await using var world = await ListedCluster.OfAsync(Secret("mta-sts", "key", "platform's"), Secret("team-a", "key", "team a's"));

        Assert.Equal(("platform's", null), await ReadAsync(world, Tenants.Settings(null)));
        Assert.Empty(world.Reads);
    }

    [Fact]
    public async Task A_secret_that_only_another_namespace_has_is_not_there()
    {
        await using var world = await ListedCluster.OfAsync(Secret("mta-sts", "key", "platform's"), Secret("team-b", "key", "team b's"));

        var (value, fault) = await ReadAsync(world, Own("team-a"));
        Assert.Null(value);
        Assert.Equal(Reason.ProviderCredentialsRefused, fault!.Reason);
        Assert.Contains("Secret team-a/key with the key \"secret\" is not there; create it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_the_operator_may_not_read_says_which_right_is_missing()
    {
        var secret = Secret("team-a", "key", "team a's");
        secret.Metadata.Labels = new Dictionary<string, string> { ["forbidden"] = "" };
        await using var world = await ListedCluster.OfAsync(secret);

        var (value, fault) = await ReadAsync(world, Own("team-a"));
        Assert.Null(value);
        Assert.Equal((Reason.ProviderCredentialsRefused, false), (fault!.Reason, fault.Transient));
        Assert.Contains("the verb get for secrets named \"key\"", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("team a's", fault.Message, StringComparison.Ordinal);
    }

    private static ProviderSettings Own(string space) => Tenants.Settings(space);

    private static Task<(string? Value, Operator.Dns.ProviderFault? Fault)> ReadAsync(ListedCluster world, ProviderSettings settings) =>
        new SecretEntries(world.Cluster, new ServerSideApply(world.Api, "test")).ReadAsync(settings, settings.Backend.Credential!, TestContext.Current.CancellationToken);

    private static V1Secret Secret(string space, string name, string value) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space, ResourceVersion = "1" },
        Data = new Dictionary<string, byte[]> { ["secret"] = Encoding.UTF8.GetBytes(value) },
    };
}
