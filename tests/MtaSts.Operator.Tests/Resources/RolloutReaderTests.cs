using System.Globalization;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

public sealed class RolloutReaderTests
{
    private const string Berlin = "Europe/Berlin";

    private static readonly PromotionWindowSpec Office = new() { Days = ["Mon", "Tue"], From = "09:00", To = "17:00", TimeZone = Berlin };
    private static readonly FreezeSpec Holidays = new() { From = "2026-12-20T00:00:00Z", To = "2027-01-04T08:00:00+01:00", Reason = "holidays" };

    public static TheoryData<string, string, string, RolloutSpec> BadSpecs => new()
    {
        { "an unknown answer to a failure", "onRegression", "Hold, StepBack", new RolloutSpec { OnRegression = "Panic" } },
        { "one look", "stepBack.looks", "from 2 to 20", new RolloutSpec { StepBack = new StepBackSpec { Looks = 1 } } },
        { "too many looks", "stepBack.looks", "from 2 to 20", new RolloutSpec { StepBack = new StepBackSpec { Looks = 21 } } },
        { "a time that does not parse", "stepBack.timeMin", "duration", new RolloutSpec { StepBack = new StepBackSpec { TimeMin = "an hour" } } },
        { "too many windows", "windows", "at most 16", new RolloutSpec { Windows = [.. Enumerable.Repeat(Office, 17)] } },
        { "a day in full", "windows[0].days[1]", "Mon, Tue", Windows(Office with { Days = ["Mon", "Tuesday"] }) },
        { "no day", "windows[0].days", "leave it out", Windows(Office with { Days = [] }) },
        { "no opening", "windows[1].from", "\"00:00\"", new RolloutSpec { Windows = [Office, Office with { From = "" }] } },
        { "an hour without minutes", "windows[0].from", "\"00:00\"", Windows(Office with { From = "9" }) },
        { "a time that YAML read as a number", "windows[0].to", "quotes", Windows(Office with { To = "1020" }) },
        { "an hour that no day has", "windows[0].to", "\"23:59\"", Windows(Office with { To = "24:00" }) },
        { "a zone that is nowhere", "windows[0].timeZone", "IANA", Windows(Office with { TimeZone = "Europe/Nowhere" }) },
        { "a zone by its name on Windows", "windows[0].timeZone", "IANA", Windows(Office with { TimeZone = "W. Europe Standard Time" }) },
        { "a zone that is a way to a file", "windows[0].timeZone", "tzdata", Windows(Office with { TimeZone = "../../../etc/passwd" }) },
        { "too many freezes", "freezes", "at most 16", new RolloutSpec { Freezes = [.. Enumerable.Repeat(Holidays, 17)] } },
        { "a freeze without a beginning", "freezes[0].from", "2026-12-20T00:00:00Z", Freezes(Holidays with { From = "" }) },
        { "a date alone", "freezes[0].to", "offset", Freezes(Holidays with { To = "2027-01-04" }) },
        { "a time without an offset", "freezes[0].to", "offset", Freezes(Holidays with { To = "2027-01-04T08:00:00" }) },
        { "a day that no month has", "freezes[0].from", "offset", Freezes(Holidays with { From = "2026-02-30T00:00:00Z" }) },
        { "an end before its beginning", "freezes[0].to", "later", Freezes(Holidays with { To = "2026-12-19T23:59:59Z" }) },
        { "an end that is its beginning in another zone", "freezes[0].to", "later", Freezes(Holidays with { To = "2026-12-20T01:00:00+01:00" }) },
        { "a reason of two lines", "freezes[0].reason", "one line", Freezes(Holidays with { Reason = "a\nb" }) },
        { "a reason that is an essay", "freezes[0].reason", "at most 200", Freezes(Holidays with { Reason = new string('x', 201) }) },
        { "no promotion at all", "maxConcurrentPromotions", "paused", new RolloutSpec { MaxConcurrentPromotions = 0 } },
        { "less than nothing", "haltAbovePercent", "from 0 to 100", new RolloutSpec { HaltAbovePercent = -1 } },
        { "more than all", "haltAbovePercent", "from 0 to 100", new RolloutSpec { HaltAbovePercent = 101 } },
    };

    [Theory]
    [MemberData(nameof(BadSpecs), DisableDiscoveryEnumeration = true)]
    public void Names_the_field_and_the_fix(string why, string path, string fix, RolloutSpec spec)
    {
        var reading = Read(spec);

        Assert.False(reading.IsValid, why);
        var problem = Assert.Single(reading.Problems);
        Assert.Equal($"spec.rollout.{path}", problem.Path);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_says_nothing_holds_and_limits_nothing()
    {
        var settings = Read(null).Value!;

        Assert.Equal(OnRegression.Hold, settings.OnRegression);
        Assert.Equal(new StepBackRule(3, TimeSpan.FromHours(1)), settings.StepBack);
        Assert.Empty(settings.Windows);
        Assert.Empty(settings.Freezes);
        Assert.Equal(FleetRule.None, settings.FleetRule);
    }

    [Fact]
    public void All_that_the_class_says_reaches_the_intent()
    {
        var settings = Read(new RolloutSpec
        {
            OnRegression = "StepBack",
            StepBack = new StepBackSpec { Looks = 5, TimeMin = "30s" },
            Windows = [Office],
            Freezes = [Holidays],
            MaxConcurrentPromotions = 10,
            HaltAbovePercent = 0,
        }).Value!;

        var intent = SpecReader.Read(Samples.Policy(Samples.PolicySpec), settings).Value!;

        Assert.Equal((OnRegression.StepBack, new StepBackRule(5, TimeSpan.FromSeconds(30))), (intent.OnRegression, intent.StepBack));
        Assert.Equal(
            new PromotionWindow([DayOfWeek.Monday, DayOfWeek.Tuesday], new TimeOnly(9, 0), new TimeOnly(17, 0), TimeZoneInfo.FindSystemTimeZoneById(Berlin)),
            Assert.Single(intent.Windows));
        Assert.Equal(
            new Freeze(At("2026-12-20T00:00:00Z"), At("2027-01-04T07:00:00Z"), "holidays"), Assert.Single(intent.Freezes));
        Assert.Equal(new FleetRule(10, 0), intent.FleetRule);
    }

    [Fact]
    public void A_window_opens_every_day_in_UTC_unless_it_says_otherwise()
    {
        var window = Assert.Single(Read(Windows(new PromotionWindowSpec { From = "22:00", To = "00:00" })).Value!.Windows);

        Assert.Equal(7, window.Days.Count);
        Assert.Same(TimeZoneInfo.Utc, window.Zone);
        Assert.True(window.IsOpen(At("2026-11-24T23:59:59Z")));
        Assert.False(window.IsOpen(At("2026-11-25T00:00:00Z")));
    }

    [Fact]
    public void A_smaller_max_age_is_taken_only_where_the_operator_is_told_to()
    {
        var spec = Samples.ClassSpec with { Rollout = new RolloutSpec { Stages = [new StageSpec { Name = "testing", Mode = "testing", MaxAge = "20s" }] } };

        Assert.Equal("spec.rollout.stages[0].maxAge", Assert.Single(ClassReader.Read(Samples.Class(spec)).Problems).Path);
        Assert.Equal(TimeSpan.FromSeconds(20), ClassReader.Read(Samples.Class(spec), TimeSpan.FromSeconds(20)).Value!.Stages[0].MaxAge);
        Assert.False(ClassReader.Read(Samples.Class(spec), TimeSpan.FromSeconds(21)).IsValid);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static RolloutSpec Windows(PromotionWindowSpec window) => new() { Windows = [window] };

    private static RolloutSpec Freezes(FreezeSpec freeze) => new() { Freezes = [freeze] };

    private static ResourceReading<ClassSettings> Read(RolloutSpec? rollout) => ClassReader.Read(Samples.Class(Samples.ClassSpec with { Rollout = rollout }));
}
