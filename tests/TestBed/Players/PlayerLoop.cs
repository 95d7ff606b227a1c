using System.Threading.Channels;

namespace MtaSts.TestBed.Players;

/// <summary>Runs a player's pass again whenever it is woken, and at least once in an interval. A pass that fails is logged and run again.</summary>
internal sealed class PlayerLoop : IAsyncDisposable
{
    // Two changes in close succession are one pass.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Channel<bool> _wakeups = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly string _logFile;
    private Task _loop = Task.CompletedTask;

    public PlayerLoop(string logFile) => _logFile = logFile;

    /// <summary>Asks for a pass soon; never blocks.</summary>
    public void Wake() => _wakeups.Writer.TryWrite(true);

    /// <summary>Starts the loop.</summary>
    public void Start(Func<CancellationToken, Task> pass, TimeSpan interval) =>
        _loop = Task.Run(() => RunAsync(pass, interval));

    /// <summary>Writes a line with the time to the player's log.</summary>
    public void Log(string line)
    {
        lock (_wakeups) File.AppendAllText(_logFile, $"{DateTimeOffset.UtcNow:O} {line}{Environment.NewLine}");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> pass, TimeSpan interval)
    {
        while (true)
        {
            try
            {
                await pass(_stop.Token);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                limit.CancelAfter(interval);
                await _wakeups.Reader.ReadAsync(limit.Token);
                await Task.Delay(Pause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                if (_stop.IsCancellationRequested) return;
            }
            catch (Exception failure)
            {
                Log(failure.ToString());
                if (_stop.IsCancellationRequested) return;
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(500), _stop.Token));
            }
        }
    }
}
