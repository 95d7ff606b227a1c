namespace MtaSts.Kubernetes;

/// <summary>Waits that double with each failure up to a cap, with jitter.</summary>
/// <param name="First">The wait after the first failure, before jitter. Above zero.</param>
/// <param name="Cap">No wait is longer than this. At least <paramref name="First"/>.</param>
/// <param name="Jitter">How much of a wait is random, 0 to 1: with 0.5 a wait is between half of it and all of it.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Cap, double Jitter = 0.5)
{
    /// <summary>0.5 s doubling to 5 minutes: for keys whose pass failed.</summary>
    public static readonly Backoff ForKeys = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(5));

    /// <summary>
    /// 0.5 s doubling to 10 s: for the connection to the API server. That is how long after an outage the work goes on at the latest; a server that wants more room
    /// says so by Retry-After.
    /// </summary>
    public static readonly Backoff ForConnections = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));

    /// <summary>The wait before the next try.</summary>
    /// <param name="failures">How many failures there were in a row, from 1.</param>
    /// <param name="random">0 (inclusive) to 1 (exclusive).</param>
    public TimeSpan Wait(int failures, double random)
    {
        // Beyond 2^40 the cap has long been reached; the limit keeps the power finite.
        var doubled = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 40));
        var whole = doubled < Cap ? doubled : Cap;
        return whole * (1 - (Jitter * random));
    }

    /// <summary>The wait before the next try, with jitter from the shared random source.</summary>
    public TimeSpan Wait(int failures) => Wait(failures, Random.Shared.NextDouble());
}
