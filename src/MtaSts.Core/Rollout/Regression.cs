namespace MtaSts.Core.Rollout;

/// <summary>A failure of an enforced domain's mail servers that is being confirmed.</summary>
/// <param name="Since">The first look that showed it.</param>
/// <param name="LastAt">The last look that was counted.</param>
/// <param name="Looks">How many looks showed it, with none between that showed health; it is not counted beyond what is asked for.</param>
public sealed record Regression(DateTimeOffset Since, DateTimeOffset LastAt, int Looks)
{
    /// <summary>After one more look.</summary>
    /// <param name="before">The failure so far, or null.</param>
    /// <param name="verdict">Whether a sender would deliver, as <see cref="Evidence.Delivery"/> tells: true yes, false it refuses, null not known.</param>
    /// <param name="rule">How it is confirmed.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="interval">Looks closer together than this share their probes, and count as one.</param>
    public static Regression? Look(Regression? before, bool? verdict, StepBackRule rule, DateTimeOffset now, TimeSpan interval) => (before, verdict) switch
    {
        (_, true) => null,
        (_, null) => before, // promise 6
        (null, false) => new Regression(now, now, 1),
        ({ } failure, false) => failure.Looks < rule.Looks && now - failure.LastAt >= interval
            ? failure with { LastAt = now, Looks = failure.Looks + 1 }
            : failure,
    };

    /// <summary>True when it is certain enough to act on.</summary>
    public bool IsConfirmed(StepBackRule rule, DateTimeOffset now) => Looks >= rule.Looks && now - Since >= rule.TimeMin;
}

/// <summary>How a failure is confirmed before a domain steps back.</summary>
/// <param name="Looks">By how many looks in a row, at least 2.</param>
/// <param name="TimeMin">Over how long a time at least.</param>
public sealed record StepBackRule(int Looks, TimeSpan TimeMin)
{
    /// <summary>Three looks over an hour: longer than a server takes to start again, shorter than senders' queues live.</summary>
    public static readonly StepBackRule Default = new(3, TimeSpan.FromHours(1));
}
