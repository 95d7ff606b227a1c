using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Rollout;

public class PromotionWindowTests
{
    private static readonly ImmutableHashSet<DayOfWeek> EveryDay = [.. Enum.GetValues<DayOfWeek>()];

    // In 2026 the clocks of Berlin skip 02:00 to 03:00 on Sunday, 29 March, and show 02:00 to 03:00 twice on Sunday, 25 October. In Santiago midnight to 01:00
    // is skipped on Sunday, 6 September, and 23:00 to midnight comes twice on Saturday, 4 April. Lord Howe's clocks move by half an hour.
    [Theory]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T07:59:59Z", false, "a second early")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T08:00:00Z", true, "it opens")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T14:59:59Z", true, "the last second")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T15:00:00Z", false, "the end is not in it")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-07-20T07:00:00Z", true, "summer time")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-20T10:00:00Z", false, "a Tuesday")]
    [InlineData("Europe/Berlin", "Monday", "22:00", "02:00", "2026-01-19T22:59:00Z", true, "before midnight")]
    [InlineData("Europe/Berlin", "Monday", "22:00", "02:00", "2026-01-20T00:59:59Z", true, "after midnight it is still Monday's")]
    [InlineData("Europe/Berlin", "Monday", "22:00", "02:00", "2026-01-20T01:00:00Z", false, "its end")]
    [InlineData("Europe/Berlin", "Monday", "22:00", "02:00", "2026-01-19T00:30:00Z", false, "Sunday has none that runs into Monday")]
    [InlineData("Europe/Berlin", "Saturday", "00:00", "00:00", "2026-01-24T12:00:00Z", true, "a whole day")]
    [InlineData("Europe/Berlin", "Saturday", "00:00", "00:00", "2026-01-24T23:00:00Z", false, "and no more")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-03-29T00:59:59Z", false, "the clock skips the opening: 01:59:59")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-03-29T01:00:00Z", true, "the clock skips the opening: 03:00")]
    [InlineData("Europe/Berlin", "Sunday", "02:00", "02:45", "2026-03-29T01:00:00Z", false, "the whole window is skipped")]
    [InlineData("Europe/Berlin", "Sunday", "01:00", "02:30", "2026-03-29T00:59:59Z", true, "the clock skips the end")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-10-25T00:30:00Z", true, "the first 02:30")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-10-25T01:15:00Z", true, "the second 02:15 lies behind the first 02:30")]
    [InlineData("Europe/Berlin", "Sunday", "01:00", "02:30", "2026-10-25T00:29:59Z", true, "before the first 02:30")]
    [InlineData("Europe/Berlin", "Sunday", "01:00", "02:30", "2026-10-25T01:00:00Z", false, "the second 02:00 lies behind the end")]
    [InlineData("America/Santiago", "Sunday", "00:00", "02:00", "2026-09-06T03:59:59Z", false, "Saturday, 23:59:59")]
    [InlineData("America/Santiago", "Sunday", "00:00", "02:00", "2026-09-06T04:00:00Z", true, "Sunday begins at 01:00")]
    [InlineData("America/Santiago", "Saturday", "23:30", "00:30", "2026-04-05T02:30:00Z", true, "the first 23:30")]
    [InlineData("America/Santiago", "Saturday", "23:30", "00:30", "2026-04-05T03:15:00Z", true, "the second 23:15 lies behind it")]
    [InlineData("Australia/Lord_Howe", "Sunday", "02:10", "02:40", "2026-10-03T15:30:00Z", true, "half an hour is skipped: it opens at 02:30")]
    [InlineData("UTC", "Sunday", "10:00", "11:00", "2026-03-29T10:30:00Z", true, "a zone without such days")]
    public void A_window_is_open(string zone, string day, string from, string to, string now, bool open, string why) =>
        Assert.True(open == Window(zone, [Enum.Parse<DayOfWeek>(day)], from, to).IsOpen(Time(now)), why);

    [Theory]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T07:59:59Z", "2026-01-19T08:00:00Z", "a second later")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-01-19T08:00:00Z", "2026-01-26T08:00:00Z", "it is open, so the next")]
    [InlineData("Europe/Berlin", "Monday", "09:00", "16:00", "2026-03-23T10:00:00Z", "2026-03-30T07:00:00Z", "summer time has begun by then")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-03-28T10:00:00Z", "2026-03-29T01:00:00Z", "at the moment of the skip")]
    [InlineData("Europe/Berlin", "Sunday", "02:00", "02:45", "2026-03-28T10:00:00Z", "2026-04-05T00:00:00Z", "the skipped one never opens")]
    [InlineData("Europe/Berlin", "Sunday", "02:00", "02:45", "2026-03-22T10:00:00Z", "2026-04-05T00:00:00Z", "two weeks from a Sunday")]
    [InlineData("Europe/Berlin", "Sunday", "02:30", "04:00", "2026-10-25T00:45:00Z", "2026-11-01T01:30:00Z", "not at the second 02:30")]
    public void The_next_opening(string zone, string day, string from, string to, string now, string next, string why)
    {
        var opening = Window(zone, [Enum.Parse<DayOfWeek>(day)], from, to).NextOpening(Time(now));

        Assert.True(Time(next) == opening, $"{why}: {opening:O}");
    }

    private static readonly Gen<(PromotionWindow Window, DateTimeOffset Now)> GenMoment =
        from zone in OneOf("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu", "America/New_York")
        from days in Gen.Int[1, 127]
        from opens in Gen.Int[0, (24 * 12) - 1]
        from closes in Gen.Int[0, (24 * 12) - 1]
        from minutes in Gen.Frequency((1, Gen.Int[0, 60 * 24 * 365]), (1, from day in OneOf(86, 87, 93, 94, 247, 248, 275, 276, 296, 297) from minute in Gen.Int[0, 60 * 24] select (day * 60 * 24) + minute))
        select (new PromotionWindow([.. EveryDay.Where(d => (days >> (int)d & 1) == 1)], At(opens), At(closes), TimeZoneInfo.FindSystemTimeZoneById(zone)), Scene.Start.AddMinutes(minutes));

    [Fact]
    public void The_next_opening_is_in_the_future_and_the_window_is_open_then() => GenMoment.Sample(
        m =>
        {
            var next = m.Window.NextOpening(m.Now);

            Assert.True(next > m.Now);
            Assert.True(next - m.Now <= TimeSpan.FromDays(14.1));
            Assert.True(m.Window.IsOpen(next));
        },
        iter: 5000);

    [Fact]
    public void While_it_is_shut_it_stays_shut_until_the_next_opening() => GenMoment.Where(m => !m.Window.IsOpen(m.Now)).Sample(
        m =>
        {
            var next = m.Window.NextOpening(m.Now);
            for (var moment = m.Now; moment < next; moment = moment.AddMinutes(7))
            {
                Assert.False(m.Window.IsOpen(moment), $"{moment:O} lies before {next:O}");
            }
        },
        iter: 300);

    [Fact]
    public void Windows_that_say_the_same_are_equal()
    {
        Assert.Equal(Window("UTC", [DayOfWeek.Monday, DayOfWeek.Sunday], "09:00", "16:00"), Window("UTC", [DayOfWeek.Sunday, DayOfWeek.Monday], "09:00", "16:00"));
        Assert.NotEqual(Window("UTC", [DayOfWeek.Monday], "09:00", "16:00"), Window("UTC", [DayOfWeek.Monday], "09:00", "17:00"));
        Assert.NotEqual(Window("UTC", [DayOfWeek.Monday], "09:00", "16:00"), Window("Europe/Berlin", [DayOfWeek.Monday], "09:00", "16:00"));
    }

    [Fact]
    public void A_freeze_holds_from_its_first_moment_to_before_its_end()
    {
        var freeze = new Freeze(Time("2026-12-20T00:00:00Z"), Time("2027-01-04T00:00:00Z"), "holidays");

        Assert.False(freeze.Holds(Time("2026-12-19T23:59:59Z")));
        Assert.True(freeze.Holds(Time("2026-12-20T00:00:00Z")));
        Assert.True(freeze.Holds(Time("2027-01-03T23:59:59Z")));
        Assert.False(freeze.Holds(Time("2027-01-04T00:00:00Z")));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static TimeOnly At(int fiveMinutes) => new(fiveMinutes / 12, fiveMinutes % 12 * 5);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static PromotionWindow Window(string zone, ImmutableHashSet<DayOfWeek> days, string from, string to) => new(
        days, TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(to, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone));
}
