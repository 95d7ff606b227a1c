using System.Text.RegularExpressions;

namespace MtaSts.EndToEnd;

/// <summary>
/// Looks at a domain's record and document again and again, and notes each time that one of the two is not there, and each mode that is served.
/// </summary>
internal sealed partial class OperatorPresenceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _gaps = [];
    private readonly List<string> _modes = [];
    private readonly Lock _lock = new();
    private readonly Task _loop;
    private int _looks;

    private OperatorPresenceWatch(OperatorScene scene, string domain) => _loop = RunAsync(scene, domain);

    /// <summary>Starts to look, until disposed. Both are there.</summary>
    public static OperatorPresenceWatch Start(OperatorScene scene, string domain) => new(scene, domain);

    /// <summary>The modes that were served, each time another one than before.</summary>
    public IReadOnlyList<string> Modes
    {
        get
        {
            lock (_lock) return [.. _modes];
        }
    }

    /// <summary>When the record was not there for the first time; null when it always was.</summary>
    public DateTimeOffset? RecordGoneAt { get; private set; }

    /// <summary>When the document was not there for the first time; null when it always was.</summary>
    public DateTimeOffset? DocumentGoneAt { get; private set; }

    /// <summary>Fails when one of the two was not there at some look.</summary>
    public void RequireNoGap()
    {
        lock (_lock)
        {
            OperatorScene.Tell($"{_looks} looks, {_gaps.Count} gaps, modes {string.Join(", ", _modes)}");
            Assert.Empty(_gaps);
            Assert.True(_looks > 0, "nobody looked");
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
        while (!_stop.IsCancellationRequested)
        {
            // The time of each answer: what is not there then went before it, never after.
            var id = await scene.LiveIdAsync(domain);
            var recordAt = DateTimeOffset.UtcNow;
            var document = await scene.DocumentAsync(domain);
            Note(id, recordAt, document, DateTimeOffset.UtcNow);
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private void Note(string? id, DateTimeOffset recordAt, string? document, DateTimeOffset documentAt)
    {
        lock (_lock)
        {
            _looks++;
            if (id is null)
            {
                RecordGoneAt ??= recordAt;
                _gaps.Add($"{recordAt:HH:mm:ss.fff} no record");
            }

            if (document is null)
            {
                DocumentGoneAt ??= documentAt;
                _gaps.Add($"{documentAt:HH:mm:ss.fff} no document");
            }
            else if (Mode().Match(document) is { Success: true } mode && _modes.LastOrDefault() != mode.Groups[1].Value)
            {
                _modes.Add(mode.Groups[1].Value);
            }
        }
    }

    [GeneratedRegex("^mode: ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Mode();
}
