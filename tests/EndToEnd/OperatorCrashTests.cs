using System.Diagnostics;
using System.Globalization;
using MtaSts.TestBed;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>The operator dies; another process goes on.</summary>
[Collection(OperatorDeathsCollection.Name)]
public sealed class OperatorCrashTests(OperatorDeathsFixture fixture)
{
    private const int Kills = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_of_a_rollout_it_ends_as_its_undisturbed_twin()
    {
        var scene = fixture.Scene;
        var random = Seeded();

        await scene.AddDomainAsync("twin.test");
        await using var order = OperatorOrderWatch.Start(scene, "twin.test");
        await scene.ApplyAsync(OperatorScene.Policy("twin", "twin.test"));
        var twin = await scene.UntilStageAsync("twin", "enforce");
        await Eventually.HoldsAsync(() => order.Ids is [.., var last] && last == twin.Id, "the twin's last id is seen");

        await scene.AddDomainAsync("killed.test");
        await using var killedOrder = OperatorOrderWatch.Start(scene, "killed.test");
        await scene.ApplyAsync(OperatorScene.Policy("killed", "killed.test"));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var moment = TimeSpan.FromSeconds(random.NextDouble() * 3);
            await Task.Delay(moment, Token);
            var stage = (await scene.PolicyAsync("killed"))?.Stage;
            var took = await KillAsync(scene);
            OperatorScene.Tell($"kill {kill}, {moment.TotalSeconds:0.00} s after the lead was taken, in stage \"{stage}\"; the next process leads after {took.TotalSeconds:0.0} s");
        }

        var killed = await scene.UntilStageAsync("killed", "enforce");
        await Eventually.HoldsAsync(() => killedOrder.Ids is [.., var last] && last == killed.Id, "the last id is seen");
        Assert.Equal(twin.Moves, killed.Moves);
        Assert.Equal((twin.Id, twin.Mode), (killed.Id, killed.Mode));
        Assert.Equal(order.Ids, killedOrder.Ids);
        Assert.Empty(order.Faults);
        Assert.Empty(killedOrder.Faults);
        foreach (var name in new[] { "_mta-sts.", "_smtp._tls.", "_mtasts-owner._mta-sts.", "_mtasts-owner._smtp._tls.", "_mtasts-owner.mta-sts." })
        {
            var expected = (await scene.RecordsAsync(name + "twin.test")).Select(text => text.Replace("team-a/twin", "team-a/killed", StringComparison.Ordinal));
            Assert.Equal(expected, await scene.RecordsAsync(name + "killed.test"));
        }
    }

    [Fact]
    public async Task Killed_at_random_moments_of_a_retirement_it_takes_the_domain_down_in_order_and_not_too_early()
    {
        var scene = fixture.Scene;
        var random = Seeded();
        await scene.AddDomainAsync("downed.test");
        await scene.ApplyAsync(OperatorScene.Policy("downed", "downed.test", "className: brief"));
        var enforced = await scene.UntilStageAsync("downed", "enforce");
        await using var order = OperatorOrderWatch.Start(scene, "downed.test");
        await Eventually.HoldsAsync(() => order.Ids.Contains(enforced.Id), "the enforced policy is seen");
        await using var presence = OperatorPresenceWatch.Start(scene, "downed.test");

        // While the domain is handed over, while mode none spreads, and while all is taken away.
        await scene.DeleteAsync("downed");
        await KillAfterAsync(random.NextDouble(), "of the deletion");
        await scene.UntilGoneAsync("downed");
        await KillAfterAsync(random.NextDouble() * 2, "of the handover");
        // The start of the next process may take longer than all that is left to wait for.
        PolicyObject? retiring = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var now = await scene.RetirementAsync("downed.test");
                retiring = now is { RemoveAt: not null } ? now : retiring;
                return now is null || now.RemoveAt <= DateTimeOffset.UtcNow;
            },
            "its time has come", TimeSpan.FromMinutes(2));
        await KillAfterAsync(random.NextDouble() * 2, "of the end");
        await scene.UntilRetiredAsync("downed.test");
        var until = retiring?.RemoveAt ?? DateTimeOffset.MaxValue;

        Assert.Empty(await scene.TracesAsync("downed.test"));
        await order.RequireIdsAsync(enforced.Id, retiring!.Id);
        Assert.Equal(["enforce", "none"], presence.Modes);
        await Eventually.HoldsAsync(() => presence.DocumentGoneAt is not null, "the document goes from the web server");
        Assert.True(presence.RecordGoneAt >= until, $"the record went at {presence.RecordGoneAt:O}, due was {until:O}");
        Assert.True(presence.RecordGoneAt <= presence.DocumentGoneAt, $"the document went at {presence.DocumentGoneAt:O}, the record at {presence.RecordGoneAt:O}");

        async Task KillAfterAsync(double seconds, string what)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), Token);
            var (policy, retirement) = (await scene.PolicyAsync("downed"), await scene.RetirementAsync("downed.test"));
            var took = await KillAsync(scene);
            OperatorScene.Tell(
                $"killed {seconds:0.00} s {what}, the policy {(policy is null ? "gone" : "there")}, the retirement {(retirement is null ? "not there" : $"at \"{retirement.Mode}\"")}; "
                + $"the next process leads after {took.TotalSeconds:0.0} s");
        }
    }

    [Fact]
    public async Task Of_two_replicas_one_takes_over_from_a_leader_that_is_killed_or_stopped_and_never_do_both_write()
    {
        var scene = fixture.Scene;
        var from = DateTimeOffset.UtcNow;
        await OperatorReplicas.StartSecondAsync(scene);
        try
        {
            await scene.AddDomainAsync("pair.test");
            await scene.ApplyAsync(OperatorScene.Policy("pair", "pair.test"));
            await scene.UntilAsync("pair", p => p is { Stage: "testing", Mode: "testing" }, "the rollout is under way");

            await EndLeaderAsync(Signal.Kill, "leader killed");
            await scene.UntilStageAsync("pair", "enforce");

            // A leader that is stopped in order gives its lease back: nobody waits for it to run out.
            var stopped = await EndLeaderAsync(Signal.Term, "leader stopped in order");
            Assert.NotEqual("", scene.OperatorLog($"{stopped} released it"));
            await scene.PatchSpecAsync("pair", """{"targetMode":"testing"}""");
            await scene.UntilAsync("pair", p => p is { Stage: "testing", Mode: "testing" } && p.Id == p.ServedId, "the next leader works");

            Assert.Empty(OperatorReplicas.OutOfTurn(scene, from, grace: TimeSpan.Zero));
        }
        finally
        {
            await OperatorReplicas.StopSecondAsync(scene);
        }

        // Returns who led, as it names itself in the lease.
        async Task<string> EndLeaderAsync(Signal signal, string what)
        {
            var holder = await OperatorReplicas.HolderAsync(scene);
            var at = Stopwatch.GetTimestamp();
            Assert.Equal(1, scene.World.Kubelet.Send(OperatorWorld.SystemNamespace, OperatorReplicas.Leader(scene), signal));
            await OperatorReplicas.UntilAnotherLeadsAsync(scene, holder);
            OperatorScene.TellTakeOver(what, Stopwatch.GetElapsedTime(at));
            return holder;
        }
    }

    private static Random Seeded()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MTASTS_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        OperatorScene.Tell($"MTASTS_TEST_SEED={seed}");
        return new Random(seed);
    }

    // Returns when the next process leads, and how long that took.
    private static async Task<TimeSpan> KillAsync(OperatorScene scene)
    {
        var at = Stopwatch.GetTimestamp();
        var before = await OperatorReplicas.HolderAsync(scene);
        Assert.Equal(1, scene.World.KillOperator());
        await OperatorReplicas.UntilAnotherLeadsAsync(scene, before);
        return Stopwatch.GetElapsedTime(at);
    }
}
