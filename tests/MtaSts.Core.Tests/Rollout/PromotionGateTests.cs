using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>The gates that the platform team sets: freezes, windows, the health of the fleet, and waves.</summary>
public class PromotionGateTests
{
    private static readonly DateTimeOffset T0 = Scene.Start; // a Thursday
    private static readonly DateTimeOffset Soaked = T0.AddDays(14);
    private static readonly PromotionWindow Mondays = new([DayOfWeek.Monday], new(9, 0), new(17, 0), TimeZoneInfo.Utc);
    private static readonly PromotionWindow Fridays = new([DayOfWeek.Friday], new(9, 0), new(17, 0), TimeZoneInfo.Utc);

    [Fact]
    public void A_freeze_holds_until_its_end_and_says_why()
    {
        var intent = Scene.Intent() with { Freezes = [new(Soaked.AddDays(-1), Soaked.AddMinutes(7), "the data centre moves")] };

        var held = At(intent, Soaked);
        Assert.Equal(Reason.PromotionsFrozen, Waiting(held).Reason);
        Assert.Contains("2026-01-15T00:07:00Z: the data centre moves", Waiting(held).Message, StringComparison.Ordinal);
        Assert.Equal("enforce-1d", At(intent, Soaked.AddMinutes(7)).Next.Stage);
        Assert.Equal(TimeSpan.FromMinutes(2), At(intent, Soaked.AddMinutes(5)).LookAgain);
    }

    [Fact]
    public void Of_several_freezes_the_last_end_counts_and_one_to_come_holds_nothing()
    {
        var intent = Scene.Intent() with { Freezes = [new(T0, Soaked.AddHours(1), ""), new(T0, Soaked.AddHours(2), ""), new(Soaked.AddHours(3), Soaked.AddHours(9), "")] };

        Assert.Contains("2026-01-15T02:00:00Z", Waiting(At(intent, Soaked)).Message, StringComparison.Ordinal);
        Assert.Equal("enforce-1d", At(intent, Soaked.AddHours(2)).Next.Stage);
    }

    [Fact]
    public void Outside_every_window_the_next_one_is_named_and_inside_any_the_domain_moves()
    {
        var intent = Scene.Intent() with { Windows = [Mondays, Fridays] };

        Assert.Equal(Reason.WindowClosed, Waiting(At(intent, Soaked)).Reason);
        Assert.Contains("2026-01-16T09:00:00Z", Waiting(At(intent, Soaked)).Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(1), At(intent, new(2026, 1, 16, 8, 59, 0, default)).LookAgain);
        Assert.Equal("enforce-1d", At(intent, new(2026, 1, 16, 9, 0, 0, default)).Next.Stage);
        Assert.Equal("testing", At(intent, new(2026, 1, 16, 17, 0, 0, default)).Next.Stage);
    }

    [Fact]
    public void A_freeze_within_a_window_holds() => Assert.Equal(
        Reason.PromotionsFrozen,
        Waiting(At(Scene.Intent() with { Windows = [Fridays], Freezes = [new(T0, T0.AddDays(99), "")] }, new(2026, 1, 16, 10, 0, 0, default))).Reason);

    [Theory]
    [InlineData(null, 99, 99, true, "no limit")]
    [InlineData(10, 40, 4, true, "exactly the share")]
    [InlineData(10, 40, 5, false, "more than the share")]
    [InlineData(0, 40, 0, true, "none is unhealthy")]
    [InlineData(0, 40, 1, false, "one is, and none may be")]
    [InlineData(100, 40, 40, true, "all may be")]
    [InlineData(0, 0, 0, true, "nobody was promoted yet")]
    public void The_fleet_stops_when_too_many_promoted_domains_are_unhealthy(int? most, int promoted, int unhealthy, bool moves, string why)
    {
        var decision = At(Scene.Intent() with { FleetRule = new(null, most) }, Soaked, new Fleet(0, promoted, unhealthy));

        Assert.True(moves == (decision.Next.Stage == "enforce-1d"), why);
        Assert.True(moves || Waiting(decision).Reason == Reason.FleetUnhealthy, why);
    }

    [Theory]
    [InlineData(null, 999, true)]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, false)]
    [InlineData(1, 0, true)]
    public void A_wave_has_room_for_so_many(int? most, int moving, bool moves)
    {
        var decision = At(Scene.Intent() with { FleetRule = new(most, null) }, Soaked, new Fleet(moving, 0, 0));

        Assert.Equal(moves, decision.Next.Stage == "enforce-1d");
        Assert.True(moves || Waiting(decision).Reason == Reason.WaveIsFull);
    }

    [Fact]
    public void None_of_them_keeps_an_owner_from_going_down()
    {
        var intent = Scene.Intent() with { Target = TargetMode.Testing, Windows = [Mondays], Freezes = [new(T0, Soaked, "")], FleetRule = new(1, 0) };

        var lowered = Decider.Decide(intent, Scene.PublishedIn(Scene.Intent(), "enforce", T0), Scene.Healthy() with { Fleet = new(9, 9, 9) }, T0);

        Assert.Equal("testing", lowered.Next.Stage);
    }

    [Fact]
    public void None_of_them_keeps_a_correction_of_mx_from_being_served()
    {
        var intent = Scene.Intent("mx1.example.com", "mx2.example.com") with { Freezes = [new(T0, Soaked, "")], FleetRule = new(1, 0) };

        var corrected = Decider.Decide(intent, Scene.PublishedIn(Scene.Intent(), "enforce", T0), Scene.Healthy() with { Fleet = new(9, 9, 9) }, T0);

        Assert.Equal(2, corrected.Next.Served!.Policy.Mx.Length);
    }

    [Fact]
    public void The_first_stage_waits_for_none_of_them()
    {
        var intent = Scene.Intent() with { Windows = [Mondays], Freezes = [new(T0, Soaked, "")], FleetRule = new(1, 0) };

        Assert.Equal("testing", Decider.Decide(intent, RolloutState.Empty, Scene.Healthy() with { Fleet = new(9, 9, 9) }, T0).Next.Stage);
    }

    private static Finding.Unknown Waiting(Decision decision) => Assert.IsType<Finding.Unknown>(decision.Waiting);

    // A domain in testing that has soaked for its whole time, looked at at a moment.
    private static Decision At(Intent intent, DateTimeOffset now, Fleet? fleet = null)
    {
        var state = Scene.PublishedIn(intent, "testing", T0) with { Soak = new SoakClock(TimeSpan.FromDays(14), now, T0) };
        return Decider.Decide(intent, state, Scene.Healthy() with { Fleet = fleet ?? Fleet.None }, now);
    }
}
