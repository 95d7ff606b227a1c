namespace MtaSts.EndToEnd;

/// <summary>
/// Looks at a domain as a sender does, again and again: first the record, then the document (rfc8461#3.1, #3.3). An id that is seen before its
/// document is served is noted.
/// </summary>
internal sealed class OperatorOrderWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _ids = [];
    private readonly List<string> _faults = [];
    private readonly Lock _lock = new();
    private readonly Task _loop;

    private OperatorOrderWatch(OperatorScene scene, string domain) => _loop = RunAsync(scene, domain);

    /// <summary>Starts to look, until disposed.</summary>
    public static OperatorOrderWatch Start(OperatorScene scene, string domain) => new(scene, domain);

    /// <summary>Fails unless exactly these ids were seen, in this order, each when its document was there.</summary>
    public async Task RequireIdsAsync(params string[] ids)
    {
        await Eventually.HoldsAsync(() => Ids is [.., var last] && last == ids[^1], $"{ids[^1]} is seen");
        Assert.Empty(Faults);
        Assert.Equal(ids, Ids);
    }

    /// <summary>The ids that were seen, each time another one than before.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_lock) return [.. _ids];
        }
    }

    /// <summary>What was not in order.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_lock) return [.. _faults];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(OperatorScene scene, string domain)
    {
        HashSet<string> served = [];
        while (!_stop.IsCancellationRequested)
        {
            var id = await scene.LiveIdAsync(domain);
            var document = await scene.DocumentIdAsync(domain);
            if (document is not null) served.Add(document);
            Note(id, document, served);
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private void Note(string? id, string? document, HashSet<string> served)
    {
        // Before the first document was seen at all, a fetch that failed is no fault of the order.
        if (id is null || served.Count == 0) return;
        lock (_lock)
        {
            if (_ids.LastOrDefault() != id) _ids.Add(id);
            if (!served.Contains(id)) _faults.Add($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} the record names {id}, the document is {document ?? "not there"}");
        }
    }
}
