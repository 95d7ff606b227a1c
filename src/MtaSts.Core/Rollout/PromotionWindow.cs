using System.Collections.Immutable;

namespace MtaSts.Core.Rollout;

/// <summary>A time of the week in which domains may move up.</summary>
/// <param name="Days">The days on which it opens; at least one.</param>
/// <param name="From">When it opens, by the clock of the zone.</param>
/// <param name="To">When it closes; at or before <paramref name="From"/>: on the next day.</param>
/// <param name="Zone">The time zone.</param>
public sealed record PromotionWindow(ImmutableHashSet<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    private const int DaysOfWeek = 7;

    /// <summary>True while it is open.</summary>
    public bool IsOpen(DateTimeOffset now)
    {
        // The day on which an open window opened is today or, where it runs past midnight, yesterday.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return Opens(today.AddDays(-1), now) || Opens(today, now);
    }

    /// <summary>The next moment at which it opens, after <paramref name="now"/>.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return Enumerable.Range(0, (2 * DaysOfWeek) + 1)
            .Select(today.AddDays)
            .Where(day => Days.Contains(day.DayOfWeek))
            .Select(day => At(day, From))
            .First(opening => opening > now && IsOpen(opening)); // a window that lies within the hour that the clock skips does not open that day
    }

    /// <inheritdoc/>
    public bool Equals(PromotionWindow? other) =>
        other is not null && Days.SetEquals(other.Days) && From == other.From && To == other.To && Zone.Id == other.Zone.Id;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Days.Count, From, To, Zone.Id);

    private bool Opens(DateOnly day, DateTimeOffset now) =>
        Days.Contains(day.DayOfWeek) && now >= At(day, From) && now < At(To > From ? day : day.AddDays(1), To);

    // A time that the clock skips in spring is taken as the moment of the skip; of one that it shows twice in autumn the first.
    private DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        while (Zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}

/// <summary>A time in which no domain moves up.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end, not included.</param>
/// <param name="Why">What it is for, as the platform team says; may be empty.</param>
public sealed record Freeze(DateTimeOffset From, DateTimeOffset To, string Why)
{
    /// <summary>True while it lasts.</summary>
    public bool Holds(DateTimeOffset now) => now >= From && now < To;
}
