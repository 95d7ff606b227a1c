using CsCheck;
using MtaSts.Core.Rollout;

namespace MtaSts.Operator.Tests.Resources;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("14d", 14 * 86400)]
    [InlineData("12w", 84 * 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("20s", 20)]
    [InlineData("0s", 0)]
    [InlineData("1w2d3h4m5s", (9 * 86400) + (3 * 3600) + 245)]
    [InlineData("90m", 5400)]
    [InlineData("31557599s", 31557599)]
    [InlineData("3650d", 3650 * 86400)]
    [InlineData("007s", 7)]
    public void Reads_sums_of_whole_units(string text, long seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration, out var problem), problem);
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData(null, "absent")]
    [InlineData("", "empty")]
    [InlineData("5", "no unit")]
    [InlineData("d", "no number")]
    [InlineData("1.5h", "a fraction")]
    [InlineData("-1h", "a sign")]
    [InlineData("+1h", "a sign")]
    [InlineData("1h 30m", "a space")]
    [InlineData("30m1h", "smallest first")]
    [InlineData("1h1h", "a unit twice")]
    [InlineData("1D", "a unit in upper case")]
    [InlineData("1y", "a unit that there is not")]
    [InlineData("1ms", "milliseconds")]
    [InlineData("3651d", "over ten years")]
    [InlineData("999999999w", "far over ten years")]
    [InlineData("99999999999999999999s", "more digits than a number has")]
    [InlineData("１s", "a digit outside ASCII")]
    public void Refuses(string? text, string why)
    {
        Assert.False(Durations.TryParse(text, out _, out var problem), why);
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void Reads_what_it_writes() =>
        Gen.Long[0, 3650L * 86400].Sample(seconds =>
        {
            var text = Durations.Format(TimeSpan.FromSeconds(seconds));
            return Durations.TryParse(text, out var read, out _) && read.TotalSeconds == seconds;
        });

    [Fact]
    public void Never_throws_on_any_text() => Gen.String[Gen.Char["0123456789wdhms. -١"], 0, 30].Sample(text => Durations.TryParse(text, out _, out var problem) == (problem.Length == 0));
}
