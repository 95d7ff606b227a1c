using k8s;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A domain gets another class, another provider, another owner: senders find its record and its document all the way.</summary>
public sealed class OperatorMoveTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    internal static OperatorDomain[] Domains { get; } = [new("reclassed"), new("resited", "className: movable"), new("handed")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_whose_class_changes_is_served_by_the_new_policy_server_before_the_old_one_lets_go()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("reclassed", "enforce");
        Assert.Equal("default", before.ClassName);
        await using (var presence = OperatorPresenceWatch.Start(scene, "reclassed.test"))
        {
            await scene.PatchSpecAsync("reclassed", """{"className":"elsewhere"}""");
            var after = await scene.UntilAsync(
                "reclassed", p => p.ClassName == "elsewhere" && p.Ready == "True", "the domain is in its new class");
            Assert.Equal((before.Id, before.Stage, before.Moves.Count), (after.Id, after.Stage, after.Moves.Count));
            presence.RequireNoGap();
            Assert.Equal(["enforce"], presence.Modes);
        }

        var shard = Assert.Single(await scene.ShardsAsync("reclassed.test"));
        Assert.Contains("elsewhere", shard.Metadata.Name, StringComparison.Ordinal);
        var ingress = await scene.ControlPlane.Client.NetworkingV1.ReadNamespacedIngressAsync(
            "mta-sts-reclassed.test", OperatorWorld.SystemNamespace, cancellationToken: Token);
        Assert.Equal("mta-sts-elsewhere", ingress.Spec.Rules[0].Http.Paths[0].Backend.Service.Name);
        Assert.Equal(before.Id, await scene.DocumentIdAsync("reclassed.test"));
    }

    [Fact]
    public async Task A_domain_whose_provider_changes_keeps_its_records()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("resited", "enforce");
        Assert.Equal("default", before.ProviderName);
        await using var presence = OperatorPresenceWatch.Start(scene, "resited.test");
        await scene.PatchAsync("mtastsclass", "movable", """{"spec":{"dnsProviderRef":{"name":"second"}}}""");
        var after = await scene.UntilAsync("resited", p => p.ProviderName == "second" && p.Ready == "True", "its records are with the new provider");
        Assert.Equal((before.Id, before.Moves.Count), (after.Id, after.Moves.Count));

        // The new one sees to them from now on.
        await scene.PatchSpecAsync("resited", """{"targetMode":"testing"}""");
        var lowered = await scene.UntilStageAsync("resited", "testing");
        await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("resited.test") == lowered.Id, "the record follows");
        presence.RequireNoGap();
    }

    [Fact]
    public async Task What_a_class_does_not_say_any_more_leaves_its_ingresses()
    {
        var scene = world.Scene;
        // Settled, so that nothing else causes a write.
        await scene.UntilAsync("resited", p => p.Reason == "TargetReached", "it has got where it is to go");
        await AnnotateAsync("""{"example.net/kind":"mail"}""", isThere: true);
        await AnnotateAsync("null", isThere: false);

        async Task AnnotateAsync(string annotations, bool isThere)
        {
            await scene.PatchAsync("mtastsclass", "movable", """{"spec":{"serving":{"exposure":{"ingress":{"annotations":""" + annotations + "}}}}}");
            await Eventually.HoldsAsync(
                async () => (await scene.ControlPlane.Client.NetworkingV1.ReadNamespacedIngressAsync(
                    "mta-sts-resited.test", OperatorWorld.SystemNamespace, cancellationToken: Token)).Metadata.Annotations.ContainsKey("example.net/kind") == isThere,
                $"the annotation is {(isThere ? "there" : "gone")}");
        }
    }

    [Fact]
    public async Task A_domain_that_is_handed_to_another_namespace_goes_on_where_it_is()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("handed", "enforce");
        await scene.ApplyAsync(OperatorScene.Policy("team-b/handed", "handed.test"));
        await scene.UntilAsync("team-b/handed", p => p.Reason == "DomainClaimedByOther", "the new owner waits");
        await using var presence = OperatorPresenceWatch.Start(scene, "handed.test");
        await scene.DeleteAsync("handed");
        await scene.UntilGoneAsync("handed");

        var after = await scene.UntilStageAsync("team-b/handed", "enforce");
        Assert.Equal(before.Id, after.Id);
        Assert.Equal("enforce HandedOver", after.Moves[^1]);
        await Eventually.HoldsAsync(async () => await scene.RetirementAsync("handed.test") is null, "no retirement is left");
        await Eventually.HoldsAsync(
            async () => (await scene.RecordsAsync("_mtasts-owner._mta-sts.handed.test")) is [var owner] && owner.Contains("resource=team-b/handed", StringComparison.Ordinal),
            "the record is the new owner's");
        presence.RequireNoGap();
        Assert.Equal(["enforce"], presence.Modes);
    }
}
