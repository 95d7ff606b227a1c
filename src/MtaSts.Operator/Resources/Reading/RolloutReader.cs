using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources.Schema;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads how and when the domains of a class move, but for the stages.</summary>
internal static partial class RolloutReader
{
    private const int ListMax = 16;
    private const int LooksMin = 2;
    private const int LooksMax = 20;
    private const string FixMoment = "write a date and time with an offset, such as 2026-12-20T00:00:00Z";

    private static readonly ImmutableArray<(string Word, DayOfWeek Day)> Days =
    [
        ("Mon", DayOfWeek.Monday), ("Tue", DayOfWeek.Tuesday), ("Wed", DayOfWeek.Wednesday), ("Thu", DayOfWeek.Thursday), ("Fri", DayOfWeek.Friday),
        ("Sat", DayOfWeek.Saturday), ("Sun", DayOfWeek.Sunday),
    ];

    /// <summary>What a failure of enforced mail servers leads to, and how it is confirmed.</summary>
    public static (OnRegression Does, StepBackRule Rule) Regression(string path, RolloutSpec? spec, Problems problems)
    {
        var looks = spec?.StepBack?.Looks ?? StepBackRule.Default.Looks;
        if (looks is < LooksMin or > LooksMax)
        {
            problems.Add($"{path}.stepBack.looks", $"is {looks}", $"write a number from {LooksMin} to {LooksMax}");
        }

        return (
            problems.OneOf($"{path}.onRegression", spec?.OnRegression, OnRegression.Hold, ("Hold", OnRegression.Hold), ("StepBack", OnRegression.StepBack)),
            new StepBackRule(
                looks,
                problems.Duration($"{path}.stepBack.timeMin", spec?.StepBack?.TimeMin, StepBackRule.Default.TimeMin, TimeSpan.Zero, Durations.Max)));
    }

    /// <summary>When domains may move up; none at all: at any time.</summary>
    public static ImmutableArray<PromotionWindow> Windows(string path, IReadOnlyList<PromotionWindowSpec>? specs, Problems problems) =>
        Limited(path, specs, problems) ? [.. specs!.Select((spec, i) => Window($"{path}[{i}]", spec, problems)).OfType<PromotionWindow>()] : [];

    /// <summary>When no domain moves up.</summary>
    public static ImmutableArray<Freeze> Freezes(string path, IReadOnlyList<FreezeSpec>? specs, Problems problems) =>
        Limited(path, specs, problems) ? [.. specs!.Select((spec, i) => Freeze($"{path}[{i}]", spec, problems)).OfType<Freeze>()] : [];

    /// <summary>How the domains move together.</summary>
    public static FleetRule Fleet(string path, RolloutSpec? spec, Problems problems)
    {
        if (spec?.MaxConcurrentPromotions is < 1)
        {
            problems.Add(
                $"{path}.maxConcurrentPromotions", $"is {spec.MaxConcurrentPromotions}",
                "write a number from 1, or leave it out for no limit; spec.paused of a policy, or a freeze, stops promotions");
        }

        if (spec?.HaltAbovePercent is < 0 or > 100)
        {
            problems.Add($"{path}.haltAbovePercent", $"is {spec.HaltAbovePercent}", "write a number from 0 to 100, or leave it out");
        }

        return new FleetRule(spec?.MaxConcurrentPromotions, spec?.HaltAbovePercent);
    }

    private static bool Limited<T>(string path, IReadOnlyList<T>? specs, Problems problems)
    {
        if (specs?.Count > ListMax)
        {
            problems.Add(path, $"has {specs.Count} entries", $"give at most {ListMax}");
        }

        return specs?.Count <= ListMax;
    }

    private static PromotionWindow? Window(string path, PromotionWindowSpec? spec, Problems problems)
    {
        var days = DaysOf($"{path}.days", spec?.Days, problems);
        var from = Time($"{path}.from", spec?.From, problems);
        var to = Time($"{path}.to", spec?.To, problems);
        var zone = Zone($"{path}.timeZone", spec?.TimeZone, problems);
        return from is { } opens && to is { } closes && zone is not null ? new PromotionWindow(days, opens, closes, zone) : null;
    }

    private static ImmutableHashSet<DayOfWeek> DaysOf(string path, IReadOnlyList<string>? words, Problems problems)
    {
        if (words is { Count: 0 })
        {
            problems.Add(path, "is empty", "name a day, or leave it out for every day");
        }

        return words is null
            ? [.. Days.Select(d => d.Day)]
            : [.. words.Select((word, i) => problems.OneOf($"{path}[{i}]", word ?? "", DayOfWeek.Monday, Days.AsSpan()))];
    }

    private static TimeOnly? Time(string path, string? text, Problems problems)
    {
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        problems.Add(path, string.IsNullOrEmpty(text) ? "is empty" : $"is {Problems.Show(text)}", "write hours and minutes from \"00:00\" to \"23:59\", in quotes");
        return null;
    }

    private static TimeZoneInfo? Zone(string path, string? name, Problems problems)
    {
        // Names of Windows are known to the platform too, and mean nothing in a manifest.
        if (name is null or "UTC")
        {
            return TimeZoneInfo.Utc;
        }

        if (ZoneForm().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId)
        {
            return zone;
        }

        problems.Add(
            path, $"is {Problems.Show(name)}, which is not in the time zone data here",
            "write an IANA name such as Europe/Berlin, or UTC; if the name is right, the operator's image lacks the data (tzdata)");
        return null;
    }

    private static Freeze? Freeze(string path, FreezeSpec? spec, Problems problems)
    {
        var from = Moment($"{path}.from", spec?.From, problems);
        var to = Moment($"{path}.to", spec?.To, problems);
        var note = spec?.Reason ?? "";
        if (note.Length > Patterns.NoteCharsMax || note.Any(char.IsControl))
        {
            problems.Add($"{path}.reason", $"is {Problems.Show(note)}", $"write one line of at most {Patterns.NoteCharsMax} characters");
        }

        if (from >= to)
        {
            problems.Add($"{path}.to", $"is {Problems.Show(spec!.To)}, not after {path}.from", "write a later time");
        }

        return from is { } begins && to is { } ends ? new Freeze(begins, ends, note) : null;
    }

    private static DateTimeOffset? Moment(string path, string? text, Problems problems)
    {
        if (text is { Length: <= Patterns.MomentCharsMax } && MomentForm().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var moment))
        {
            return moment;
        }

        problems.Add(path, string.IsNullOrEmpty(text) ? "is empty" : $"is {Problems.Show(text)}", FixMoment);
        return null;
    }

    // rfc3339#5.6; a local time without an offset would mean another moment on each machine.
    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex MomentForm();

    [GeneratedRegex(Patterns.TimeZone)]
    private static partial Regex ZoneForm();
}
