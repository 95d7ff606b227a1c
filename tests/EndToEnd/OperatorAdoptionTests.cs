using System.Collections.Concurrent;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>A domain that is live before its policy is: under somebody else's hand, or under ours in a cluster that has forgotten it.</summary>
[Collection(OperatorLivesCollection.Name)]
public sealed class OperatorAdoptionTests(OperatorLivesFixture fixture)
{
    private const string TheirId = "20250101T000000";

    internal static OperatorDomain[] Domains { get; } =
    [
        new("at-testing", "className: slow"),
        new("halfway", "className: manual"),
        new("at-enforce", "className: fast"),
        new("at-none", "className: fast"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_that_is_enforced_elsewhere_is_left_alone_until_it_is_adopted_and_then_never_goes_back_to_testing()
    {
        var scene = fixture.Scene;
        const string policy = $"version: STSv1\nmode: enforce\nmx: {OperatorScene.Mx}\nmax_age: 604800\n";
        await using var origin = OperatorForeignHost.Start(scene.Mail, "elsewhere.test", policy);
        await scene.AddDomainAsync(
            "elsewhere.test",
            new ZoneRecord("_mta-sts", "TXT", $"\"v=STSv1; id={TheirId};\""), new ZoneRecord("mta-sts", "A", $"{scene.Mail.HostAddress}"));
        var theirs = await scene.Mail.Sender.QueryPolicyAsync("elsewhere.test", Token);
        Assert.True(theirs is { Result: "VALID", Mode: "enforce", Id: TheirId }, theirs.Raw);

        await scene.ApplyAsync(OperatorScene.Policy("elsewhere", "elsewhere.test", "className: fast"));
        var refused = await scene.UntilAsync("elsewhere", p => p.Reason == "RecordNotOwned", "it is refused");
        Assert.Equal("True", refused.Condition("Stalled", "status"));
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(4), async () =>
            (await scene.UpdatesAsync("elsewhere.test")).Count > 0 ? "the DNS was changed"
            : await scene.PolicyAsync("elsewhere") is { ServedId.Length: > 0 } acting ? acting.ToString() : null);

        // What a sender without a copy is given, all the way.
        var modes = new ConcurrentQueue<string>();
        var adopted = false;
        var watch = WatchAsync();
        await scene.PatchSpecAsync("elsewhere", """{"adoption":"Adopt"}""");
        var entered = await scene.UntilAsync("elsewhere", p => p.Stage.Length > 0, "it is adopted");
        Assert.Equal("enforce-1d Adopted", entered.Moves[0]);
        Assert.Contains(entered.Ledger, e => (e.Id, e.Mode, e.MaxAge) == (TheirId, "enforce", 604800));
        var ours = await scene.UntilStageAsync("elsewhere", "enforce");
        Assert.Contains(ours.Ledger, e => (e.Id, e.Mode, e.MaxAge) == (TheirId, "enforce", 604800));
        await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("elsewhere.test") == ours.Id, "the record names ours");
        adopted = true;
        await watch;
        OperatorScene.Tell($"seen meanwhile: {string.Join(", ", modes.CountBy(m => m).Select(m => $"{m.Value} x {m.Key}"))}");
        Assert.Contains("VALID enforce", modes);
        Assert.DoesNotContain(modes, m => m.EndsWith(" testing", StringComparison.Ordinal) || m.StartsWith("NONE", StringComparison.Ordinal));

        async Task WatchAsync()
        {
            while (!adopted)
            {
                var seen = await scene.Mail.Sender.QueryPolicyAsync("elsewhere.test", CancellationToken.None);
                modes.Enqueue($"{seen.Result} {seen.Mode}");
            }
        }
    }

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
