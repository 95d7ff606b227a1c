using System.Diagnostics;
using System.Globalization;
using k8s;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>The API server fails for moments, or refuses, and the leader stays. (An API server that is away for long: <see cref="OperatorOutageTests"/>.)</summary>
[Collection(OperatorApiFaultsCollection.Name)]
public sealed class OperatorHighAvailabilityApiTests(OperatorApiFaultsFixture fixture)
{
    private const int Cuts = 5;

    private static readonly TimeSpan EtcdAway = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenCuts = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(6);

    // A second is what kube-apiserver asks for in Retry-After, from its answer on; the audit log has when a request came.
    private static readonly TimeSpan AskedToWait = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_of_the_api_server_changes_no_leader_and_loses_nothing()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "restarted");
        var before = await LeadershipAsync(scene);

        await scene.ControlPlane.StopApiServerAsync();
        await scene.ControlPlane.StartApiServerAsync(Token);
        var away = before.Age;
        OperatorScene.TellTakeOver("API server restarted", await scene.AnswerAsync(OperatorTrial.Kept, OperatorApiFaultsFixture.Recovery));

        await RequireSameLeaderAsync(scene, before, away);
        await trial.EndAsync();
    }

    [Fact]
    public async Task A_restart_of_etcd_changes_no_leader_and_loses_nothing()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "storeless");
        var before = await LeadershipAsync(scene);

        await scene.ControlPlane.StopEtcdAsync();
        try
        {
            await Task.Delay(EtcdAway, Token);
        }
        finally
        {
            await scene.ControlPlane.StartEtcdAsync(Token);
        }

        var away = before.Age;
        OperatorScene.TellTakeOver("etcd restarted", await scene.AnswerAsync(OperatorTrial.Kept, OperatorApiFaultsFixture.Recovery));
        await RequireSameLeaderAsync(scene, before, away);
        await trial.EndAsync();
    }

    [Fact]
    public async Task Watches_that_are_cut_again_and_again_are_opened_again_and_miss_nothing()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "unwatched");
        var before = await LeadershipAsync(scene);
        var longest = TimeSpan.Zero;
        for (var cut = 0; cut < Cuts; cut++)
        {
            Assert.True(Gate(scene).Break() > 0, "there was nothing to cut");
            var took = await scene.AnswerAsync(OperatorTrial.Kept, OperatorApiFaultsFixture.Recovery);
            longest = took > longest ? took : longest;
            await Task.Delay(BetweenCuts, Token);
        }

        OperatorScene.TellTakeOver("watch connections cut", longest);
        await RequireSameLeaderAsync(scene, before, TimeSpan.Zero);
        await trial.EndAsync();
    }

    [Fact]
    public async Task After_a_410_the_watch_begins_anew_and_what_was_deleted_meanwhile_is_noticed()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("gap.test");
        await scene.ApplyAsync(OperatorScene.Policy("gap", "gap.test", "className: slow"));
        await scene.UntilStageAsync("gap", "testing");
        await using var trial = await OperatorTrial.StartAsync(scene, "outdated");
        var before = await LeadershipAsync(scene);
        var relists = Relists(scene);
        var ingress = (await IngressAsync(scene, "gap.test"))!;

        // No watch sees the deletion: none is open, and when the server is back it has forgotten the versions in between.
        Gate(scene).Cut();
        try
        {
            Gate(scene).Break();
            await scene.ControlPlane.KubectlAsync("delete", "ingress", ingress, "-n", OperatorWorld.SystemNamespace);
            await scene.ControlPlane.CompactAsync(Token);
            await scene.ControlPlane.StopApiServerAsync();
            await scene.ControlPlane.StartApiServerAsync(Token);
        }
        finally
        {
            // When the server is ready: before, it may refuse a watch for want of its roles, which leads to a new list as well.
            Gate(scene).Heal();
        }

        var away = before.Age;
        var back = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(async () => await IngressAsync(scene, "gap.test") is not null, "the Ingress that was deleted meanwhile is there again", OperatorApiFaultsFixture.Recovery);
        OperatorScene.TellTakeOver("410 on a watch", Stopwatch.GetElapsedTime(back));
        OperatorScene.Tell($"{Relists(scene) - relists} watches got 410");
        await RequireSameLeaderAsync(scene, before, away);
        Assert.True(Relists(scene) > relists, "no watch got 410");
        await trial.EndAsync();
    }

    [Fact]
    public async Task A_status_that_somebody_else_was_faster_to_change_is_decided_again_and_nothing_of_either_is_lost()
    {
        const int conflictsWanted = 3;
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "contested");
        var from = DateTimeOffset.UtcNow;
        var edits = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                // Each edit asks for a pass, and the next one comes before it has ended.
                await scene.AnnotateAsync(trial.Name, "reconcile.fluxcd.io/requestedAt", $"edit {++edits}");
                return Answers(scene, from, "mtastspolicies.mta-sts.dev/status", code: 409).Count >= conflictsWanted;
            },
            "there were conflicts");
        OperatorScene.Tell($"{edits} edits, {Answers(scene, from, "mtastspolicies.mta-sts.dev/status", code: 409).Count} conflicts");
        OperatorScene.TellTakeOver("409 conflicts", await scene.AnswerAsync(trial.Name));
        await scene.AnnotateAsync(trial.Name, "edited-by", "somebody");
        await trial.EndAsync();
        Assert.Equal("somebody", (string?)(await scene.PolicyAsync(trial.Name))!.Resource["metadata"]!["annotations"]!["edited-by"]);
    }

    [Fact]
    public async Task A_server_that_refuses_writes_with_429_is_asked_again_no_sooner_than_it_says()
    {
        const string asked = "while writes are refused";
        var scene = fixture.Scene;
        await scene.ControlPlane.StopApiServerAsync();
        await scene.ControlPlane.StartApiServerAsync(["--enable-priority-and-fairness=false", "--max-mutating-requests-inflight=1"], Token);
        try
        {
            await using var trial = await OperatorTrial.StartAsync(scene, "refused");
            var before = await LeadershipAsync(scene);
            var from = DateTimeOffset.UtcNow;
            await using (await scene.ControlPlane.HoldWriteAsync(Token))
            {
                await scene.AnnotateAsync(OperatorTrial.Kept, "reconcile.fluxcd.io/requestedAt", asked);
                await Task.Delay(RefusedFor, Token);
            }

            // Nobody nudges it: what was refused is tried again by itself.
            var until = DateTimeOffset.UtcNow;
            await scene.UntilAsync(OperatorTrial.Kept, p => p.LastHandled == asked, "what was refused is written");
            OperatorScene.TellTakeOver("429 from the API server", DateTimeOffset.UtcNow - until);
            var refused = Answers(scene, from, "mtastspolicies.mta-sts.dev/status", code: 429).Where(e => e.At < until).GroupBy(e => e.Name).ToList();
            Assert.Contains(refused, group => group.Key == OperatorTrial.Kept);
            foreach (var group in refused)
            {
                List<DateTimeOffset> tries = [.. group.Select(e => e.At).Order()];
                OperatorScene.Tell($"{group.Key}: refused at {string.Join(", ", tries.Select(at => (at - from).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)))} s");
                Assert.All(tries.Zip(tries.Skip(1)), pair => Assert.True(pair.Second - pair.First >= AskedToWait, $"asked again after {pair.Second - pair.First}"));
            }

            await RequireSameLeaderAsync(scene, before, RefusedFor);
            await trial.EndAsync();
        }
        finally
        {
            await scene.ControlPlane.StopApiServerAsync();
            await scene.ControlPlane.StartApiServerAsync(Token);
        }
    }

    private static ApiServerGate Gate(OperatorScene scene) => scene.World.Gates[OperatorReplicas.First];

    private static async Task<Leadership> LeadershipAsync(OperatorScene scene) =>
        new(await OperatorReplicas.HolderAsync(scene), scene.World.Kubelet.Restarts(OperatorWorld.SystemNamespace, OperatorReplicas.First), Stopwatch.GetTimestamp());

    private static async Task RequireSameLeaderAsync(OperatorScene scene, Leadership before, TimeSpan away)
    {
        var after = await LeadershipAsync(scene);
        if ((after.Holder, after.Restarts) == (before.Holder, before.Restarts)) return;
        var what = $"the API server was away for {away.TotalSeconds:0.0} s; {before} became {after}\n{scene.OperatorLog("LeaderElector", 30)}";
        Assert.SkipWhen(away > OperatorApiFaultsFixture.Outlived, $"this machine is too slow for a fault that a leader outlives: {what}");
        Assert.Fail(what);
    }

    private static int Relists(OperatorScene scene) =>
        scene.OperatorLog("listing again (too old resource version", int.MaxValue).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static List<AuditEvent> Answers(OperatorScene scene, DateTimeOffset from, string resource, int code) =>
        [.. OperatorReplicas.WorkOf(scene, OperatorScene.OperatorUser).Where(e => e.At >= from && e.Resource == resource && e.Code == code)];

    private static async Task<string?> IngressAsync(OperatorScene scene, string domain)
    {
        var ingresses = await scene.ControlPlane.Client.NetworkingV1.ListNamespacedIngressAsync(OperatorWorld.SystemNamespace, cancellationToken: Token);
        return ingresses.Items.FirstOrDefault(i => i.Spec.Rules.Any(r => r.Host == "mta-sts." + domain))?.Metadata.Name;
    }

    /// <summary>Who leads, how often the process was started again, and when that was looked at: but for the time the same afterwards where a leader outlives a fault.</summary>
    private sealed record Leadership(string Holder, int Restarts, long At)
    {
        public TimeSpan Age => Stopwatch.GetElapsedTime(At);
    }
}
