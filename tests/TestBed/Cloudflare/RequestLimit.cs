namespace MtaSts.TestBed.Cloudflare;

/// <summary>Cloudflare's limit for one token: so many requests in five minutes; who goes over it is shut out for five more.</summary>
internal sealed class RequestLimit(int requestsMax, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private readonly Queue<DateTimeOffset> _recent = new();
    private DateTimeOffset _shutUntil;

    /// <summary>All requests, refused ones too.</summary>
    public int Total { get; private set; }

    /// <summary>Requests that were answered 429.</summary>
    public int Refused { get; private set; }

    /// <summary>The most requests that any five minutes have seen.</summary>
    public int MostInWindow { get; private set; }

    /// <summary>Counts a request; not null: how long to wait.</summary>
    public TimeSpan? Take(out int remaining, out TimeSpan reset)
    {
        var now = time.GetUtcNow();
        while (_recent.TryPeek(out var oldest) && oldest <= now - Window)
            _recent.Dequeue();
        Total++;
        if (now >= _shutUntil)
        {
            _recent.Enqueue(now);
            MostInWindow = Math.Max(MostInWindow, _recent.Count);
            if (_recent.Count > requestsMax)
                _shutUntil = now + Window;
        }

        remaining = Math.Max(0, requestsMax - _recent.Count);
        reset = _recent.TryPeek(out var first) ? first + Window - now : TimeSpan.Zero;
        if (now >= _shutUntil)
            return null;
        Refused++;
        return _shutUntil - now;
    }
}
