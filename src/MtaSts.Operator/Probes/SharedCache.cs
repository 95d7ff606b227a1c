namespace MtaSts.Operator.Probes;

/// <summary>
/// A bounded cache in which callers with the same key share one piece of work. The work has its own deadline and outlives a caller who leaves.
/// </summary>
/// <param name="time">The clock of the entries' age.</param>
/// <param name="capacity">How many entries are kept; the oldest finished ones give way.</param>
internal sealed class SharedCache<TKey, TValue>(TimeProvider time, int capacity)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];

    /// <summary>The number of entries kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The value of a running piece of work, or of one that ended less than <paramref name="life"/> ago, else that of a new one.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="life">How long a value counts from its end.</param>
    /// <param name="make">The work; it ends by itself.</param>
    /// <param name="cancellationToken">Ends the waiting, not the work.</param>
    public async Task<TValue> GetAsync(TKey key, Func<TValue, TimeSpan> life, Func<Task<TValue>> make, CancellationToken cancellationToken)
    {
        Task<TValue> work;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry) || !IsFresh(entry, life))
            {
                if (_entries.Count >= capacity)
                {
                    Shrink();
                }

                entry = new Entry();
                entry.Work = RunAsync(key, entry, make);
                _entries[key] = entry;
            }

            work = entry.Work;
        }

        return await work.WaitAsync(cancellationToken);
    }

    private bool IsFresh(Entry entry, Func<TValue, TimeSpan> life) =>
        entry.EndedAt is not { } ended || (entry.Work.IsCompletedSuccessfully && time.GetUtcNow() - ended < life(entry.Work.Result));

    private async Task<TValue> RunAsync(TKey key, Entry entry, Func<Task<TValue>> make)
    {
        await Task.Yield(); // not under the caller's lock
        try
        {
            var value = await make();
            entry.EndedAt = time.GetUtcNow();
            return value;
        }
        catch
        {
            lock (_gate)
            {
                if (_entries.TryGetValue(key, out var current) && current == entry)
                {
                    _entries.Remove(key);
                }
            }

            throw;
        }
    }

    private void Shrink()
    {
        var oldest = _entries.Where(e => e.Value.EndedAt is not null).OrderBy(e => e.Value.EndedAt).Take((capacity / 4) + 1).ToList();
        foreach (var (key, _) in oldest)
        {
            _entries.Remove(key);
        }
    }

    private sealed class Entry
    {
        public Task<TValue> Work { get; set; } = null!;

        public DateTimeOffset? EndedAt { get; set; }
    }
}
