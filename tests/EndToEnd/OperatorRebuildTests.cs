using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A cluster was rebuilt from its manifests: the domains are live, and it knows nothing of them.</summary>
[Collection(OperatorOutagesCollection.Name)]
public sealed class OperatorRebuildTests(OperatorOutagesFixture fixture)
{
    internal static OperatorDomain[] Domains { get; } =
    [
        new("at-testing", "className: slow"),
        new("halfway", "className: halfway"),
        new("at-enforce"),
        new("at-none"),
    ];

    [Fact]
    public async Task In_a_cluster_that_has_forgotten_everything_each_domain_goes_on_at_its_live_stage_with_its_id()
    {
        var scene = fixture.Scene;
        await scene.UntilStageAsync("at-none", "enforce");
        await scene.PatchSpecAsync("at-none", """{"targetMode":"none"}""");
        (string Name, string Mode, string Reason)[] wanted =
            [("at-testing", "testing", "Soaking"), ("halfway", "enforce", "ApprovalMissing"), ("at-enforce", "enforce", "TargetReached"), ("at-none", "none", "Retiring")];
        var before = new Dictionary<string, PolicyObject>();
        foreach (var (name, mode, reason) in wanted)
            before[name] = await scene.UntilAsync(name, p => p.Mode == mode && p.Reason == reason && p.Id == p.ServedId, $"{name} is settled at {mode}");

        // Statuses, documents and ingresses are gone, as after a control plane was lost and the manifests were applied again.
        await ScaleAsync(0);
        await Eventually.HoldsAsync(() => scene.World.OperatorProcess is null, "the operator has stopped");
        try
        {
            foreach (var name in before.Keys)
            {
                await scene.LoseStatusAsync(name);
                await scene.ControlPlane.KubectlAsync("delete", "ingress", $"mta-sts-{name}.test", "-n", OperatorWorld.SystemNamespace);
                foreach (var map in (await scene.ShardsAsync($"{name}.test")).Select(m => m.Metadata.Name))
                    await scene.ControlPlane.KubectlAsync("delete", "configmap", map, "-n", OperatorWorld.SystemNamespace);
            }
        }
        finally
        {
            await ScaleAsync(1);
        }

        foreach (var (name, mode, _) in wanted)
        {
            var stage = before[name].Stage;
            var after = await scene.UntilAsync(name, p => p.Stage == stage && p.Mode == mode && p.Ready == "True" && p.Dns == "True", $"{name} goes on");
            Assert.Equal((name, before[name].Id, before[name].Id), (name, after.Id, after.ServedId));
            Assert.Equal([$"{stage} Resumed"], after.Moves);
            await Eventually.HoldsAsync(async () => await scene.DocumentIdAsync($"{name}.test") == after.Id, $"the document of {name} is served again");
            Assert.Equal(after.Id, await scene.LiveIdAsync($"{name}.test"));
        }

        // What senders may hold is not known any more, so the longest that the class serves is taken.
        var retiring = await scene.UntilAsync("at-none", p => p.RemoveAt is not null, "the end is known");
        Assert.True(retiring.RemoveAt - DateTimeOffset.UtcNow > TimeSpan.FromDays(80), $"{retiring.RemoveAt:O}");

        Task ScaleAsync(int replicas) => scene.ControlPlane.KubectlAsync(
            "scale", "deployment", OperatorWorld.OperatorDeployment, "-n", OperatorWorld.SystemNamespace, $"--replicas={replicas}");
    }
}
