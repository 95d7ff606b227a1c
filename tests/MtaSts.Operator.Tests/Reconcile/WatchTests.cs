using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

public class WatchTests
{
    private static readonly ObjectKey Key = new("team-a", "p");
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset T0 = Passes.Now;

    private readonly Watch _watch = new();

    [Fact]
    public void The_first_look_vouches_for_itself_alone() => Assert.Equal(T0, Look(T0));

    [Fact]
    public void Looks_without_a_break_vouch_back_to_the_first()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(T0, Look(T0 + (i * Interval)));
        }
    }

    [Fact]
    public void A_gap_of_just_the_limit_is_no_break_and_one_tick_more_is()
    {
        var gap = SoakClock.GapMax(Interval);
        Look(T0);

        Assert.Equal(T0, Look(T0 + gap));
        Assert.Equal(T0 + gap + gap + TimeSpan.FromTicks(1), Look(T0 + gap + gap + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_second_look_at_the_same_moment_is_no_break()
    {
        Look(T0);
        Look(T0.AddMinutes(1));

        Assert.Equal(T0, Look(T0.AddMinutes(1)));
    }

    [Fact]
    public void A_clock_that_goes_backwards_is_a_break()
    {
        Look(T0);

        Assert.Equal(T0.AddTicks(-1), Look(T0.AddTicks(-1)));
        Assert.Equal(T0.AddTicks(-1), Look(T0));
    }

    [Fact]
    public void After_a_break_the_gap_counts_from_the_newest_look()
    {
        Look(T0);
        Look(T0.AddHours(1));

        Assert.Equal(T0.AddHours(1), Look(T0.AddHours(1) + Interval));
    }

    [Fact]
    public void Policies_are_watched_each_by_itself()
    {
        Look(T0);

        Assert.Equal(T0.AddMinutes(1), _watch.Look(new ObjectKey("team-b", "p"), T0.AddMinutes(1), Interval));
        Assert.Equal(T0, Look(T0.AddMinutes(2)));
    }

    [Fact]
    public void What_is_forgotten_begins_anew()
    {
        Look(T0);
        _watch.Forget(Key);

        Assert.Equal(T0.AddMinutes(1), Look(T0.AddMinutes(1)));
    }

    [Fact]
    public async Task A_pass_that_did_not_come_to_its_end_vouches_for_nothing()
    {
        Look(T0);
        await Assert.ThrowsAsync<RetryLaterException>(() => _watch.DuringAsync<int>(Key, () => throw new RetryLaterException("the API server is away")));

        Assert.Equal(T0.AddMinutes(1), Look(T0.AddMinutes(1)));
        Assert.Equal(1, await _watch.DuringAsync(Key, () => Task.FromResult(1)));
        Assert.Equal(T0.AddMinutes(1), Look(T0.AddMinutes(2)));
    }

    private DateTimeOffset Look(DateTimeOffset now) => _watch.Look(Key, now, Interval);
}
