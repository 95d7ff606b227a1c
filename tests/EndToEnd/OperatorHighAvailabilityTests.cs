using System.Diagnostics;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>The leader of two replicas loses the lease, or its way to the API server. (A leader that is killed: <see cref="OperatorCrashTests"/>.)</summary>
[Collection(OperatorPairCollection.Name)]
public sealed class OperatorHighAvailabilityTests(OperatorPairFixture fixture)
{
    private const string Intruder = "intruder";

    // A leader looks at the lease once in a retry period; the rest is for a busy machine.
    private static readonly TimeSpan Notices = (2 * OperatorPairFixture.RetryPeriod) + TimeSpan.FromSeconds(1);

    // The lease has to run out, and then to be looked at; the rest is for a busy machine.
    private static readonly TimeSpan TakesOver = OperatorPairFixture.LeaseDuration + (2 * OperatorPairFixture.RetryPeriod) + TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_whose_lease_is_taken_away_stops_within_a_retry_period_and_the_work_goes_on()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "robbed");
        var leader = OperatorReplicas.Leader(scene);
        var restarts = Restarts(scene, leader);

        var (at, from) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        await OperatorReplicas.UsurpAsync(scene, Intruder);
        await Task.Delay(Notices, Token);

        // Now there is something to write for who would not stop: a promotion that is due, a record that is gone, a look that is asked for.
        await trial.DriftAsync();
        var answer = scene.AnswerAsync(OperatorTrial.Kept);
        await OperatorReplicas.UntilAnotherLeadsAsync(scene, Intruder);
        var tookOver = Stopwatch.GetElapsedTime(at);
        var since = OperatorReplicas.LedSince(scene, from, OperatorReplicas.First, OperatorReplicas.Second);
        await answer;
        await trial.UntilMendedAsync();
        OperatorScene.TellTakeOver("lease lost", tookOver);

        Assert.InRange(tookOver, OperatorPairFixture.LeaseDuration, TakesOver);
        Assert.Empty(await trial.AddedAsync(from, since));
        Assert.Contains(Intruder, scene.OperatorLog("lost the leadership"), StringComparison.Ordinal);
        Assert.True(Restarts(scene, leader) > restarts, "the leader that lost its lease did not end");
        await trial.EndAsync(Notices);
    }

    [Fact]
    public async Task A_leader_cut_off_from_the_api_server_stops_before_the_other_one_leads_and_does_nothing_twice_when_it_is_back()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "parted");
        var leader = OperatorReplicas.Leader(scene);
        var (other, holder, restarts) = (OperatorReplicas.OtherThan(leader), await OperatorReplicas.HolderAsync(scene), Restarts(scene, leader));
        var gate = scene.World.Gates[leader];

        var (at, from) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        gate.Cut();
        try
        {
            // It still reaches the name server and sees that a record is gone.
            await trial.DriftAsync();
            await OperatorReplicas.UntilAnotherLeadsAsync(scene, holder);
            var tookOver = Stopwatch.GetElapsedTime(at);
            OperatorScene.TellTakeOver("network partition between leader and API server", tookOver);
            Assert.InRange(tookOver, OperatorPairFixture.LeaseDuration / 2, TakesOver);
            Assert.Equal(other, OperatorReplicas.Leader(scene));
            await trial.UntilMendedAsync();
            Assert.Empty(await trial.AddedAsync(from, OperatorReplicas.LedSince(scene, from, other)));
            await Eventually.HoldsAsync(() => Restarts(scene, leader) > restarts, "the leader that was cut off ends");
            await trial.EndAsync();
        }
        finally
        {
            gate.Heal();
        }

        // What was under way when the way was cut arrives now, and the replica is back as the one that waits.
        var (healed, writes) = (DateTimeOffset.UtcNow, (await scene.UpdatesAsync(trial.Domain)).Count);
        await Eventually.HoldsAsync(
            () => scene.ControlPlane.Audit.ReadAll().Any(e =>
                e.At > healed && e.Verb == "get" && e.User == OperatorReplicas.UserOf(leader) && e.Resource.StartsWith("leases.", StringComparison.Ordinal)),
            "it looks at the lease again");
        await Task.Delay(Quiet, Token);
        Assert.DoesNotContain(OperatorReplicas.WorkOf(scene, OperatorReplicas.UserOf(leader)), e => e.At > healed && e.Code is >= 200 and < 300);
        Assert.Equal(writes, (await scene.UpdatesAsync(trial.Domain)).Count);
        await trial.EndAsync();
    }

    [Fact]
    public async Task While_the_api_server_answers_after_seconds_the_leadership_may_go_but_nothing_is_done_out_of_turn()
    {
        var scene = fixture.Scene;
        await using var trial = await OperatorTrial.StartAsync(scene, "slowed");
        var holder = await OperatorReplicas.HolderAsync(scene);
        ApiServerGate[] gates = [.. scene.World.Gates.Values];
        foreach (var gate in gates) gate.Slow(Latency);
        await Task.Delay(SlowFor, Token);
        foreach (var gate in gates) gate.Slow(TimeSpan.Zero);

        var took = await scene.AnswerAsync(OperatorTrial.Kept);
        OperatorScene.TellTakeOver($"slow API server ({Latency.TotalSeconds} s each way for {SlowFor.TotalSeconds} s)", took);
        OperatorScene.Tell(await OperatorReplicas.HolderAsync(scene) == holder ? "the leader is the same" : "the leader is another one");
        await trial.EndAsync();
    }

    private static int Restarts(OperatorScene scene, string replica) => scene.World.Kubelet.Restarts(OperatorWorld.SystemNamespace, replica);
}
