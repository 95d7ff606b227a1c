using CsCheck;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Rollout;

public class RegressionTests
{
    private static readonly DateTimeOffset T0 = Scene.Start;
    private static readonly StepBackRule Rule = new(3, TimeSpan.FromMinutes(30));
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    // Looks as "minute:verdict"; b broken, h healthy, u unknown. Expected is what is left after the last look.
    [Theory]
    [InlineData("0:h", "none", "nothing is wrong")]
    [InlineData("0:u", "none", "nothing is known")]
    [InlineData("0:b", "1 look", "the first")]
    [InlineData("0:b 5:b", "2 looks", "an interval later")]
    [InlineData("0:b 4:b", "1 look", "too close together: the probes are shared")]
    [InlineData("0:b 4:b 5:b", "2 looks", "an interval after the last that was counted")]
    [InlineData("0:b 5:b 10:h", "none", "health ends it")]
    [InlineData("0:b 5:b 10:h 15:b", "1 look", "and it begins anew")]
    [InlineData("0:b 5:u 10:b", "2 looks", "no answer neither counts nor ends it")]
    [InlineData("0:b 5:b 10:b 15:b 20:b 25:b", "3 looks", "not counted beyond the rule, so that it is not written at every look")]
    [InlineData("10:b 5:b 0:b", "1 look", "a clock that goes back counts nothing")]
    public void A_failure_is_counted(string looks, string expected, string why)
    {
        var failure = After(looks);

        Assert.True(expected == (failure is null ? "none" : $"{failure.Looks} look{(failure.Looks == 1 ? "" : "s")}"), why);
    }

    [Theory]
    [InlineData("0:b 5:b 10:b", 30, true)]
    [InlineData("0:b 5:b 10:b", 29, false)]
    [InlineData("0:b 30:b", 60, false)]
    [InlineData("0:b 15:b 30:b", 30, true)]
    [InlineData("10:b 15:b 20:b", 5, false)]
    public void It_is_confirmed_by_enough_looks_over_enough_time(string looks, int minute, bool confirmed) =>
        Assert.Equal(confirmed, After(looks)!.IsConfirmed(Rule, T0.AddMinutes(minute)));

    [Fact]
    public void The_first_look_of_a_failure_stays_its_beginning() => Assert.Equal(T0.AddMinutes(5), After("5:b 10:b 20:b")!.Since);

    private static readonly Gen<(int Minutes, bool? Verdict)[]> GenLooks =
        (from minutes in Gen.Int[-3, 20]
         from verdict in Gen.Int[0, 5]
         select (minutes, verdict switch { 0 => true, 1 or 2 => null, _ => (bool?)false })).Array[1, 40];

    // Promise 6, and against a plain account: the broken looks since the last healthy one, each an interval after the one counted before.
    [Fact]
    public void It_is_never_confirmed_with_fewer_broken_looks_than_the_rule_wants() => GenLooks.Sample(looks =>
    {
        Regression? failure = null;
        var (now, broken) = (T0, new List<DateTimeOffset>());
        foreach (var (minutes, verdict) in looks)
        {
            now = now.AddMinutes(minutes);
            failure = Regression.Look(failure, verdict, Rule, now, Interval);
            if (verdict == true)
            {
                broken.Clear();
            }
            else if (verdict == false)
            {
                broken.Add(now);
            }

            if (failure?.IsConfirmed(Rule, now) == true)
            {
                Assert.True(broken.Count >= Rule.Looks, "too few looks");
                Assert.True(broken.Max() - broken.Min() >= 2 * Interval && now - broken[0] >= Rule.TimeMin, "too short a time");
            }

            Assert.Equal(broken.Count > 0, failure is not null);
        }
    });

    private static Regression? After(string looks) => looks.Split(' ').Aggregate(
        (Regression?)null,
        (failure, look) => look.Split(':') is [var minute, var verdict]
            ? Regression.Look(failure, verdict switch { "h" => true, "b" => false, _ => null }, Rule, T0.AddMinutes(int.Parse(minute, null)), Interval)
            : throw new FormatException(look));
}
