using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>How long each step of a move lasts.</summary>
public sealed class ClassMovesTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly ObjectKey Key = new("team-a", "p");

    private readonly ClassMoves _moves = new(Lag);

    [Fact]
    public void The_old_place_goes_when_no_resolver_can_lead_there_any_more() =>
        Assert.Equal(
            [MoveStep.Filling, MoveStep.Filling, MoveStep.Turning, MoveStep.Turning, MoveStep.Leaving],
            new[] { 0, 9, 10, 79, 80 }.Select(StepAt));

    [Fact]
    public void While_senders_cannot_be_led_to_the_new_place_the_time_of_the_old_one_does_not_run()
    {
        StepAt(0);
        foreach (var second in new[] { 10, 50, 100 })
        {
            Assert.Equal(MoveStep.Turning, StepAt(second));
            _moves.Hold(Key, "new", Start.AddSeconds(second));
        }

        Assert.Equal(
            [MoveStep.Turning, MoveStep.Turning, MoveStep.Leaving], // a serving lag and a TTL after senders could be led
            new[] { 101, 169, 170 }.Select(StepAt));
    }

    private MoveStep StepAt(int second) => _moves.Of(Key, "old", "new", Ttl, Start.AddSeconds(second));
}
