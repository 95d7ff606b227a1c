using System.Diagnostics;
using System.Text.Json.Nodes;
using MtaSts.TestBed;

namespace MtaSts.Kubernetes.Tests;

[Collection(RealServer.Collection)]
public sealed class RealElectionTests(RealServer real)
{
    // A lost lease leaves half of it from the end of the one leader to the beginning of the next: a busy machine must not eat that.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(8);

    private readonly ListLogger _log = new();

    [Fact]
    public async Task A_released_lease_is_taken_over_long_before_it_would_run_out()
    {
        using var stopA = new CancellationTokenSource();
        using var stopB = new CancellationTokenSource();
        var a = Elector("released", "a");
        var b = Elector("released", "b");
        var runA = a.RunAsync(lost => UntilAsync(stopA.Token, lost), stopA.Token);
        await Eventually.TrueAsync(() => a.IsLeader, "a leads");
        var runB = b.RunAsync(lost => UntilAsync(stopB.Token, lost), stopB.Token);
        await Eventually.TrueAsync(() => b.Holder == "a", "b saw a");
        Assert.False(b.IsLeader);

        await stopA.CancelAsync();
        Assert.Equal(LeadershipEnd.Stopped, await runA);
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => b.IsLeader, "b leads");
        // A retry period, and what a busy machine adds; without the release it would be the lease.
        Assert.True(clock.Elapsed < Lease / 2, $"took {clock.Elapsed}");
        var spec = await SpecAsync("released");
        Assert.Equal(("b", 1), ((string?)spec["holderIdentity"], (int?)spec["leaseTransitions"]));
        await stopB.CancelAsync();
        await runB;
        spec = await SpecAsync("released");
        Assert.Equal(("", 1), ((string?)spec["holderIdentity"] ?? "", (int?)spec["leaseDurationSeconds"]));
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_stops_before_the_next_one_begins()
    {
        using var stop = new CancellationTokenSource();
        await using var gate = ApiServerGate.To(real.Plane.Server);
        using var client = real.Plane.ClientVia(gate);
        var a = new LeaderElector(new ApiClient(client), Options("crash", "a"), _log);
        var b = Elector("crash", "b");
        long stoppedAt = 0;
        var runA = a.RunAsync(
            async lost =>
            {
                await UntilAsync(lost);
                Interlocked.Exchange(ref stoppedAt, Stopwatch.GetTimestamp());
            },
            stop.Token);
        await Eventually.TrueAsync(() => a.IsLeader, "a leads\n" + _log);
        long beganAt = 0;
        var runB = b.RunAsync(
            lost =>
            {
                Interlocked.Exchange(ref beganAt, Stopwatch.GetTimestamp());
                return UntilAsync(stop.Token, lost);
            },
            stop.Token);
        await Eventually.TrueAsync(() => b.Holder == "a", "b saw a");

        var cutAt = Stopwatch.GetTimestamp();
        gate.Cut();
        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(a.IsLeader && b.IsLeader, "two leaders");
                return b.IsLeader;
            },
            "b leads");
        Assert.Equal(LeadershipEnd.Lost, await runA);
        Assert.True(stoppedAt < Interlocked.Read(ref beganAt), "the work of both overlapped");
        var after = Stopwatch.GetElapsedTime(cutAt, Interlocked.Read(ref beganAt));
        // A lease after its last renewal was seen, which was up to a retry period before the cut or after the renewal.
        Assert.InRange(after, Lease - TimeSpan.FromSeconds(2), Lease * 2);
        Assert.True(_log.Has(1201));
        await stop.CancelAsync();
        await runB;
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_leads()
    {
        using var stop = new CancellationTokenSource();
        var leaders = 0;
        var most = 0;
        var electors = Enumerable.Range(0, 6).Select(i => Elector("many", $"e{i}")).ToArray();
        var runs = electors.Select(e => e.RunAsync(
            async lost =>
            {
                most = Math.Max(most, Interlocked.Increment(ref leaders));
                await UntilAsync(stop.Token, lost);
                Interlocked.Decrement(ref leaders);
            },
            stop.Token)).ToArray();
        await Eventually.TrueAsync(() => Volatile.Read(ref leaders) == 1, "one leads");
        await Eventually.TrueAsync(() => electors.All(e => e.Holder.Length > 0), "all know who");
        Assert.Single(electors.Select(e => e.Holder).Distinct());
        await stop.CancelAsync();
        await Task.WhenAll(runs);
        Assert.Equal(1, most);
    }

    private static LeaderElectionOptions Options(string name, string identity) => new()
    {
        Namespace = "default",
        Name = name,
        Identity = identity,
        LeaseDuration = Lease,
        RenewDeadline = Lease / 2,
        RetryPeriod = TimeSpan.FromSeconds(0.5),
    };

    private LeaderElector Elector(string name, string identity) => new(real.Api, Options(name, identity), _log);

    private async Task<JsonNode> SpecAsync(string name)
    {
        var reply = await real.Api.GetAsync(
            $"apis/coordination.k8s.io/v1/namespaces/default/leases/{name}", TestContext.Current.CancellationToken);
        return reply.Json()!["spec"]!;
    }

    private static async Task UntilAsync(params CancellationToken[] tokens)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(tokens);
        await Task.Delay(Timeout.Infinite, any.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
