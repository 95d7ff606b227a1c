using System.Threading.Channels;

namespace MtaSts.Kubernetes;

/// <summary>
/// A queue of keys for workers. A key is handed to one worker at a time; added again while it is worked on, it comes back
/// afterwards; added many times while it waits, it comes once. First in, first out. Keys are never dropped before
/// <see cref="Dispose"/>. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A key is in at most one of these: ready (in the channel), held (taken and not done). Beside that it may be wanted again
/// (in <c>_wanted</c> while it is held) and may have one delayed add.
/// </remarks>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    // Timers refuse very long waits; a wait beyond this is made in steps.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly HashSet<TKey> _wanted = [];
    private readonly HashSet<TKey> _held = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, long> _due = [];
    private readonly Dictionary<TKey, long> _putOff = [];
    private readonly PriorityQueue<TKey, long> _byDue = new();
    private readonly WorkQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _closed;

    /// <summary>An empty queue.</summary>
    public WorkQueue(WorkQueueOptions? options = null, TimeProvider? time = null)
    {
        _options = options ?? new WorkQueueOptions();
        _time = time ?? TimeProvider.System;
        _timer = _time.CreateTimer(static queue => ((WorkQueue<TKey>)queue!).ReleaseDue(), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many keys wait for a worker now, delayed ones not counted.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _wanted.Count;
        }
    }

    /// <summary>How many keys wait for their time.</summary>
    public int Delayed
    {
        get
        {
            lock (_gate)
                return _due.Count;
        }
    }

    /// <summary>How many keys workers hold.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    /// <summary>Asks for a pass over the key as soon as a worker is free.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
            AddLocked(key);
    }

    /// <summary>Asks for a pass over the key after a wait. Of several waits the one that ends first counts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="wait">Zero or less adds at once.</param>
    public void AddAfter(TKey key, TimeSpan wait)
    {
        lock (_gate)
            AddAfterLocked(key, wait);
    }

    /// <summary>Asks for a pass over the key after the next wait of its back-off.</summary>
    /// <param name="key">The key.</param>
    /// <param name="notBefore">
    /// The shortest wait, for a server that asked for one: no pass is made before it is over, whatever was or will be asked for. Null for none.
    /// </param>
    /// <returns>The wait.</returns>
    public TimeSpan AddRateLimited(TKey key, TimeSpan? notBefore = null)
    {
        lock (_gate)
        {
            var failures = Fail(key);
            var wait = _options.Backoff.Wait(failures, _options.Random());
            wait = notBefore > wait ? notBefore.Value : wait;
            if (notBefore is { } shortest)
            {
                _due.Remove(key);
                _putOff[key] = DueIn(shortest);
                if (_held.Contains(key))
                    _wanted.Remove(key); // asked for meanwhile: the pass after the wait is that one, too
            }
            AddAfterLocked(key, wait);
            return wait;
        }
    }

    /// <summary>Counts a failure of the key without asking for a pass.</summary>
    /// <returns>The failures in a row, this one included.</returns>
    public int CountFailure(TKey key)
    {
        lock (_gate)
            return Fail(key);
    }

    /// <summary>Ends the key's row of failures: its next back-off starts from the first wait.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
            _failures.Remove(key);
    }

    /// <summary>Waits for a key and hands it to the caller, who calls <see cref="Done"/> when finished with it.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; no key is lost by that.</exception>
    /// <exception cref="ChannelClosedException">The queue was disposed.</exception>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _wanted.Remove(key);
            _held.Add(key);
        }
        return key;
    }

    /// <summary>The holder of the key is finished with it. If it was added meanwhile, it is ready again.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (_held.Remove(key) && _wanted.Contains(key))
                _ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Closes the queue: what is in it is dropped, adding does nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
            _closed = true;
        _timer.Dispose();
        _ready.Writer.TryComplete();
    }

    private int Fail(TKey key) => _failures[key] = _failures.GetValueOrDefault(key) + 1;

    private void AddLocked(TKey key)
    {
        if (_putOff.TryGetValue(key, out var until) && until > _time.GetTimestamp())
        {
            Schedule(key, until);
            return;
        }
        _putOff.Remove(key);
        if (!_closed && _wanted.Add(key) && !_held.Contains(key))
            _ready.Writer.TryWrite(key);
    }

    private void AddAfterLocked(TKey key, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
        {
            AddLocked(key);
            return;
        }
        Schedule(key, DueIn(wait));
    }

    private long DueIn(TimeSpan wait)
    {
        // The longest wait that fits the clock's ticks; centuries, whatever the clock's frequency.
        var ticks = Math.Min(wait.TotalSeconds * _time.TimestampFrequency, long.MaxValue / 4d);
        return _time.GetTimestamp() + (long)Math.Ceiling(ticks);
    }

    private void Schedule(TKey key, long due)
    {
        if (_closed || (_due.TryGetValue(key, out var earlier) && earlier <= due))
            return;
        _due[key] = due;
        _byDue.Enqueue(key, due);
        if (_byDue.TryPeek(out _, out var first) && first == due)
            SetTimer(first);
    }

    private void ReleaseDue()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            while (_byDue.TryPeek(out var key, out var due))
            {
                // An entry that a later add has overtaken is stale.
                var stale = !_due.TryGetValue(key, out var current) || current != due;
                if (!stale && due > now)
                {
                    SetTimer(due);
                    return;
                }
                _byDue.Dequeue();
                if (stale)
                    continue;
                _due.Remove(key);
                AddLocked(key);
            }
        }
    }

    private void SetTimer(long due)
    {
        if (_closed)
            return;
        // A millisecond more than needed rather than less: timers round down.
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
        wait = wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
