namespace MtaSts.Operator.Dns;

/// <summary>
/// A token bucket over the requests of one credential. In any window there are never more requests than its size; a request waits
/// for its turn, or is told when to come back where that would be too long.
/// </summary>
/// <remarks>
/// A request for new work waits only a little, one for work begun much longer: so few callers are under way at once, and what they
/// have read is not read in vain. Callers that are sent away come back one after the other, not all at the same moment.
/// </remarks>
/// <param name="requestsPerWindow">The most requests in any <see cref="Window"/>, at least <see cref="RequestsMin"/>.</param>
/// <param name="time">The clock.</param>
public sealed class RequestBudget(int requestsPerWindow, TimeProvider time)
{
    /// <summary>The fewest requests in a window that a budget can be made of.</summary>
    public const int RequestsMin = 60;

    /// <summary>The stretch that Cloudflare counts over, and for which it shuts out who went over its limit.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>How long a request for new work waits at most.</summary>
    public static readonly TimeSpan NewWorkWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>How long a request for work begun waits at most.</summary>
    public static readonly TimeSpan BegunWorkWaitMax = TimeSpan.FromSeconds(30);

    private const int BurstMax = 40; // Of these, each with one request and its answer in flight, the last waits under BegunWorkWaitMax.
    private const int RequestsPerVisit = 4; // What a caller that comes back uses, guessed low: the bucket shall not run idle.

    private readonly Lock _gate = new();

    // A burst and all that flows in behind it in one window are the window's requests.
    private int _requests = requestsPerWindow;
    private int _burst = BurstOf(requestsPerWindow);
    private TimeSpan _interval = IntervalOf(requestsPerWindow);
    private readonly long _epoch = time.GetTimestamp();

    private TimeSpan _nextFree; // When the bucket is full again. All times are counted from the epoch.
    private TimeSpan _blockedUntil;
    private TimeSpan _comeBack;
    private int _waiting;
    private long _usedAt = time.GetTimestamp();

    /// <summary>What is left of it at this moment.</summary>
    public RequestHeadroom Left => new(Volatile.Read(ref _requests), Window, Headroom, BlockedFor);

    /// <summary>Requests that could be made at this moment without waiting.</summary>
    public int Headroom
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                return (int)Math.Clamp(_burst - (Max(_nextFree, now) - now) / _interval, 0, _burst);
            }
        }
    }

    /// <summary>How long no request is made because the provider said so; zero: not at all.</summary>
    public TimeSpan BlockedFor
    {
        get
        {
            lock (_gate)
                return Max(_blockedUntil - Now, TimeSpan.Zero);
        }
    }

    /// <summary>When somebody last took from it or opened it: a timestamp of the clock.</summary>
    internal long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>Callers that are waiting for their turn.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <summary>Makes another limit of it; what is used of the one before is used of this one.</summary>
    /// <param name="requestsPerWindow">The most requests in any <see cref="Window"/>, at least <see cref="RequestsMin"/>.</param>
    public void Resize(int requestsPerWindow)
    {
        lock (_gate)
        {
            var (now, interval) = (Now, IntervalOf(requestsPerWindow));
            _nextFree = now + (Max(_nextFree, now) - now) / _interval * interval;
            (_requests, _burst, _interval) = (requestsPerWindow, BurstOf(requestsPerWindow), interval);
        }
    }

    /// <summary>Says that it is in use.</summary>
    internal void Touch() => Volatile.Write(ref _usedAt, time.GetTimestamp());

    /// <summary>Takes one request out of the budget, when its turn has come.</summary>
    /// <param name="waitMax">How long to wait for it at most.</param>
    /// <param name="cancellationToken">The caller's. What it had reserved is then lost.</param>
    /// <returns>Null: go. Else when to come back; nothing was taken.</returns>
    public async ValueTask<TimeSpan?> TakeAsync(TimeSpan waitMax, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Touch();
        TimeSpan wait;
        lock (_gate)
        {
            var now = Now;
            var full = Max(_nextFree, now);
            // The turn comes when, counted from full, no more than the burst is outstanding.
            wait = Max(full - (_burst - 1) * _interval - now, TimeSpan.Zero);
            if (wait > waitMax)
                return ComeBack(now, earliest: now + wait - waitMax);

            _nextFree = full + _interval;
        }

        if (wait <= TimeSpan.Zero)
            return null;
        Interlocked.Increment(ref _waiting);
        try
        {
            await Task.Delay(wait, time, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        // While we waited, the provider may have shut us out.
        return BlockedFor is var blocked && blocked > TimeSpan.Zero ? blocked : null;
    }

    /// <summary>Makes no request for a while, because the provider asks for it.</summary>
    public void Block(TimeSpan duration)
    {
        lock (_gate)
        {
            _blockedUntil = Max(_blockedUntil, Now + duration);
            _nextFree = Max(_nextFree, _blockedUntil + (_burst - 1) * _interval); // The bucket is empty then, and fills as ever.
        }
    }

    // Each that is sent away gets a later moment than the one before; whom no place is left for within a window begins a new round.
    private TimeSpan ComeBack(TimeSpan now, TimeSpan earliest)
    {
        _comeBack = Max(_comeBack + RequestsPerVisit * _interval, earliest);
        if (_comeBack > earliest + Window)
            _comeBack = earliest;
        return Max(_comeBack - now, TimeSpan.FromSeconds(1));
    }

    private static TimeSpan IntervalOf(int requestsPerWindow) => Window / (requestsPerWindow - BurstOf(requestsPerWindow));

    private static int BurstOf(int requestsPerWindow) => Math.Min(BurstMax, requestsPerWindow / 4);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
