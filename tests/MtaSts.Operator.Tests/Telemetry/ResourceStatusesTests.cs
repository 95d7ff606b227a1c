using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;
using MtaSts.Operator.Tests.Reconcile;
using MtaSts.Operator.Tests.Tenancy;

namespace MtaSts.Operator.Tests.Telemetry;

public sealed class ResourceStatusesTests
{
    [Fact]
    public async Task Every_kind_counts_by_the_condition_that_says_whether_it_can_be_used()
    {
        var policy = Tenants.Policy("team-a", Tenants.Spec("example.com"));
        policy.Status = new() { Conditions = [Is("Ready", "False", Reason.ClassInvalid), Is("Accepted", "False", Reason.ClassInvalid)] };
        var fresh = Tenants.Policy("team-b", Tenants.Spec("example.net"));
        var unserved = Tenants.Class(c => c);
        unserved.Status = new() { Conditions = [Is("Accepted", "True", Reason.AsExpected), Is(ClassController.ServingReady, "False", Reason.PolicyNotServedYet)] };
        var invalid = Tenants.Class(c => c);
        invalid.Metadata.Name = "other";
        invalid.Status = new() { Conditions = [Is("Accepted", "False", Reason.ClassInvalid), Is(ClassController.ServingReady, "Unknown", Reason.NotObservedYet)] };
        var platform = Tenants.Platform();
        platform.Status = new() { Conditions = [Is("Accepted", "False", Reason.ProviderCredentialsRefused), Is("Reachable", "Unknown", Reason.NotObservedYet)] };
        var own = Tenants.Own("team-a", Tenants.WithKey);
        own.Status = new() { Conditions = [Is("Accepted", "True", Reason.AsExpected), Is("CredentialsValid", "False", Reason.ProviderCredentialsRefused)] };

        await using var world = await ListedCluster.OfAsync(policy, fresh, unserved, invalid, platform, own);

        Assert.Equal(
            [
                ("ClusterDnsProvider", "False", "ProviderCredentialsRefused"),
                ("DnsProvider", "True", "AsExpected"),
                ("MtaStsClass", "False", "ClassInvalid"),
                ("MtaStsClass", "False", "PolicyNotServedYet"),
                ("MtaStsPolicy", "False", "ClassInvalid"),
                ("MtaStsPolicy", "Unknown", "NotObservedYet"),
            ],
            ResourceStatuses.Of(world.Cluster).Order());
    }

    private static Condition Is(string type, string status, Reason reason) => new() { Type = type, Status = status, Reason = reason.ToString(), Message = "x", LastTransitionTime = Tenants.T0 };
}
