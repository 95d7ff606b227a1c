using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Policies;

/// <summary>Holds the table that is served now, and swaps it whole when the folder changes.</summary>
internal sealed class PolicyStore(string folder, ServerMetrics metrics, ILogger<PolicyStore> logger, TimeProvider clock)
{
    private const int SkipLinesMax = 20; // a folder of rubbish must not fill the log

    private PolicyTable? _current;
    private FolderVersion? _known;
    private bool _again;
    private IReadOnlyList<SkippedFile> _skipped = [];
    private string? _failure;

    /// <summary>Null until the folder was read once. Afterwards the last good table, whatever happens to the folder.</summary>
    public PolicyTable? Current => Volatile.Read(ref _current);

    /// <summary>Looks at the folder every <paramref name="poll"/>, beginning now, until cancelled.</summary>
    public async Task RunAsync(TimeSpan poll, CancellationToken cancellation)
    {
        await Task.Yield(); // the first reading must not hold up the listeners
        using var timer = new PeriodicTimer(poll, clock);
        using CancellationTokenRegistration end = cancellation.Register(timer.Dispose); // ends the loop without an exception
        do
            Refresh();
        while (await timer.WaitForNextTickAsync(CancellationToken.None));
    }

    /// <summary>One look at the folder.</summary>
    public void Refresh()
    {
        long started = clock.GetTimestamp();
        switch (PolicyFolder.Read(folder, _known, _again))
        {
            case FolderRead.Loaded loaded:
                Take(loaded, clock.GetElapsedTime(started));
                break;

            case FolderRead.Unchanged:
                _failure = null;
                break;

            case FolderRead.Failed failed:
                metrics.LoadFailed();
                if (failed.Message != _failure)
                    logger.LoadFailed(folder, failed.Message, Current?.Count ?? 0);
                _failure = failed.Message;
                break;
        }
    }

    private void Take(FolderRead.Loaded loaded, TimeSpan took)
    {
        Volatile.Write(ref _current, loaded.Table);
        metrics.Loaded(loaded, clock.GetUtcNow(), took);
        _failure = null;

        bool news = loaded.Version != _known || !loaded.Skipped.SequenceEqual(_skipped);
        (_known, _skipped) = (loaded.Version, loaded.Skipped);
        // An unreadable file may become readable without any trace in the folder.
        _again = loaded.Skipped.Any(s => s.Reason == SkipReason.Unreadable);
        if (!news)
            return;

        logger.Loaded(loaded.Table.Count, loaded.Table.Bytes, took.TotalMilliseconds, loaded.Skipped.Count);
        foreach (SkippedFile file in loaded.Skipped.Take(SkipLinesMax))
            logger.Skipped(file.Name, file.Reason);
        if (loaded.Skipped.Count > SkipLinesMax)
            logger.MoreSkipped(loaded.Skipped.Count - SkipLinesMax);

        // A load leaves several times the table's size behind, and the next may be days away.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
