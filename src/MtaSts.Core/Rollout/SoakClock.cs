namespace MtaSts.Core.Rollout;

/// <summary>
/// Counts the healthy time of a stage. Broken sets it back to nothing; Unknown stops it, and the time without an answer is not counted; nor is time in which
/// nobody looked. What is credited is always time between two healthy looks that were not too far apart.
/// </summary>
/// <param name="Elapsed">Healthy time credited up to <paramref name="CountedUntil"/>.</param>
/// <param name="CountedUntil">Up to when time is credited; null while the clock stands still.</param>
/// <param name="HealthySince">The first healthy look since the last broken one; null when there was none.</param>
public sealed record SoakClock(TimeSpan Elapsed, DateTimeOffset? CountedUntil, DateTimeOffset? HealthySince)
{
    /// <summary>A clock that has not started.</summary>
    public static readonly SoakClock Zero = new(TimeSpan.Zero, null, null);

    // The state is written at most this often while a domain soaks, so that soaking costs little and a crash loses little.
    private static readonly TimeSpan CheckpointMax = TimeSpan.FromHours(1);
    private const int CheckpointsPerSoak = 50;

    // Two looks farther apart than this many intervals have nobody looking between them.
    private const int IntervalsBetweenLooksMax = 3;

    /// <summary>The longest time between two looks that still counts as looking without a break.</summary>
    public static TimeSpan GapMax(TimeSpan interval) => interval * IntervalsBetweenLooksMax;

    /// <summary>The clock after one more look.</summary>
    /// <param name="verdict">The worst of the required checks: true healthy, false broken, null unknown.</param>
    /// <param name="watchedSince">Since when this process has looked without a break; never later than <paramref name="now"/>.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="soak">The soak of the stage.</param>
    /// <param name="interval">The time between two looks.</param>
    public SoakClock Advance(bool? verdict, DateTimeOffset watchedSince, DateTimeOffset now, TimeSpan soak, TimeSpan interval)
    {
        if (verdict is false)
        {
            return Zero;
        }

        if (verdict is null)
        {
            return this with { CountedUntil = null };
        }

        var healthySince = HealthySince ?? now;

        // A clock that went backwards gains nothing.
        if (CountedUntil is not { } from || from > now)
        {
            return new SoakClock(Elapsed, now, healthySince);
        }

        // Another process, or this one before a pause, looked last; what happened between is not known.
        if (watchedSince - from > GapMax(interval))
        {
            return new SoakClock(Elapsed, now, healthySince);
        }

        var checkpoint = Min(Max(soak / CheckpointsPerSoak, interval), CheckpointMax);
        return now - from >= checkpoint
            ? new SoakClock(Elapsed + (now - from), now, healthySince)
            : this with { HealthySince = healthySince };
    }

    /// <summary>
    /// The clock in a stage that nothing follows: it stands still, and keeps what it has counted for an owner who wants more again. Since when all is well
    /// changes with the health and not with time.
    /// </summary>
    public SoakClock Rest(bool? verdict, DateTimeOffset now) => verdict switch
    {
        true => new SoakClock(Elapsed, null, HealthySince ?? now),
        false => Zero,
        null => this with { CountedUntil = null },
    };

    /// <summary>The healthy time up to <paramref name="now"/>, checkpointed or not. Call it on what <see cref="Advance"/> returned for the same moment.</summary>
    public TimeSpan At(DateTimeOffset now) => CountedUntil is { } from && now > from ? Elapsed + (now - from) : Elapsed;

    /// <summary>The earliest moment at which the soak can be over; null while the clock stands still.</summary>
    public DateTimeOffset? Until(TimeSpan soak) => CountedUntil is { } from ? from + Max(soak - Elapsed, TimeSpan.Zero) : null;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
