using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Writes events (events.k8s.io/v1) about objects. Publishing never waits and never fails: events are written in the background, at a
/// bounded rate, and one that cannot be written is logged and forgotten. The same event again raises the count of the first one.
/// </summary>
public sealed class EventRecorder
{
    private const int NoteBytesMax = 1024;         // The API server's own limits for events.k8s.io/v1.
    private const int ReasonCharsMax = 128;
    private static readonly ResourceKind Kind = new("events.k8s.io", "v1", "Event", "events");

    private readonly ServerSideApply _writer;
    private readonly EventRecorderOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<Entry> _queue;
    private readonly TokenBucket _bucket;
    private readonly Dictionary<Same, Series> _series = [];
    // Events about objects of cluster scope live in "default"; API server 1.20 takes them in "kube-system" only.
    private string _clusterSpace = "default";
    private long _dropped;

    /// <summary>A recorder that keeps events until <see cref="RunAsync"/> is called.</summary>
    public EventRecorder(ApiClient api, EventRecorderOptions options, ILogger logger, TimeProvider? time = null)
    {
        _writer = new ServerSideApply(api, options.ReportingController, hashAnnotation: null);
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _bucket = new TokenBucket(options.PerSecond, options.Burst, _time);
        _queue = Channel.CreateBounded<Entry>(
            new BoundedChannelOptions(options.QueueMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    /// <summary>Notes an event. Safe from any thread.</summary>
    /// <param name="regarding">The object that it is about.</param>
    /// <param name="type">Its weight.</param>
    /// <param name="reason">Why, in one CamelCase word, at most 128 characters; longer ones are cut.</param>
    /// <param name="action">What was done or tried, in one CamelCase word, at most 128 characters; longer ones are cut.</param>
    /// <param name="note">What happened, for people; cut to 1024 bytes.</param>
    public void Publish(IKubernetesObject<V1ObjectMeta> regarding, EventType type, string reason, string action, string note)
    {
        var kind = ResourceKind.Of(regarding.GetType());
        var same = new Same(kind, ObjectKey.Of(regarding), regarding.Metadata.Uid ?? "", type, Cut(reason, ReasonCharsMax),
            Cut(action, ReasonCharsMax), CutBytes(note, NoteBytesMax));
        var entry = new Entry(same, regarding.Metadata.ResourceVersion, _time.GetUtcNow());
        if (!_queue.Writer.TryWrite(entry))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes events until cancelled; then those that wait already, within a few seconds. Call once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await SweepAsync(cancellationToken).ConfigureAwait(false);
            if (await NextAsync(cancellationToken).ConfigureAwait(false) is { } entry)
                await WriteAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        using var last = new CancellationTokenSource(TimeSpan.FromSeconds(3), _time);
        while (!last.IsCancellationRequested && _queue.Reader.TryRead(out var entry))
            await WriteAsync(entry, last.Token).ConfigureAwait(false);
    }

    /// <summary>The next event, or null after a while without one, so that waiting counts get written.</summary>
    private async Task<Entry?> NextAsync(CancellationToken cancellationToken)
    {
        if (_queue.Reader.TryRead(out var ready))
            return ready;
        using var pause = new CancellationTokenSource(_options.SeriesEvery, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
        try
        {
            return await _queue.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task WriteAsync(Entry entry, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            Log.EventsDropped(_logger, dropped);
        try
        {
            if (_series.TryGetValue(entry.Same, out var series) && entry.At - series.Last <= _options.SeriesWithin)
            {
                series.Count++;
                series.Last = entry.At;
                if (series.Count == 2 || _time.GetElapsedTime(series.WrittenAt) >= _options.SeriesEvery)
                    await WriteCountAsync(entry.Same, series, cancellationToken).ConfigureAwait(false);
                return;
            }
            await CreateAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Log.EventFailed(_logger, entry.Same.Reason, entry.Same.Key.ToString(), e.Message);
        }
    }

    private async Task CreateAsync(Entry entry, CancellationToken cancellationToken)
    {
        var same = entry.Same;
        var space = same.Key.Namespace ?? _clusterSpace;
        var name = $"{Cut(same.Key.Name, 200).TrimEnd('.', '-')}.{Guid.NewGuid().ToString("N")[..16]}";
        var regarding = new JsonObject
        {
            ["apiVersion"] = same.Kind.ApiVersion,
            ["kind"] = same.Kind.Kind,
            ["name"] = same.Key.Name,
            ["uid"] = same.Uid,
        };
        if (same.Key.Namespace is not null)
            regarding["namespace"] = same.Key.Namespace;
        if (entry.ResourceVersion is not null)
            regarding["resourceVersion"] = entry.ResourceVersion;
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
            ["eventTime"] = JsonText.MicroTime(entry.At),
            ["type"] = same.Type.ToString(),
            ["reason"] = same.Reason,
            ["action"] = same.Action,
            ["note"] = same.Note,
            ["regarding"] = regarding,
            ["reportingController"] = _options.ReportingController,
            ["reportingInstance"] = Cut(_options.ReportingInstance, 128),
        };
        await ThrottleAsync(cancellationToken).ConfigureAwait(false);
        var outcome = await _writer.CreateAsync(Kind, body, cancellationToken).ConfigureAwait(false);
        if (outcome is WriteOutcome.Rejected { Code: 422 } && same.Key.Namespace is null && _clusterSpace == "default")
        {
            _clusterSpace = space = "kube-system";
            body["metadata"]!["namespace"] = space;
            outcome = await _writer.CreateAsync(Kind, body, cancellationToken).ConfigureAwait(false);
        }
        if (outcome.IsSuccess)
            _series[same] = new Series(new ObjectKey(space, name)) { Last = entry.At, WrittenAt = _time.GetTimestamp() };
        else
            Log.EventFailed(_logger, same.Reason, same.Key.ToString(), outcome.ToString());
    }

    private async Task WriteCountAsync(Same same, Series series, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["series"] = new JsonObject { ["count"] = series.Count, ["lastObservedTime"] = JsonText.MicroTime(series.Last) },
        };
        await ThrottleAsync(cancellationToken).ConfigureAwait(false);
        var outcome = await _writer.MergePatchAsync(Kind, series.Event, patch, null, cancellationToken).ConfigureAwait(false);
        series.WrittenAt = _time.GetTimestamp();
        series.CountWritten = series.Count;
        // Servers drop events after a while; the next occurrence then makes a new one.
        if (outcome is WriteOutcome.NotFound)
            _series.Remove(same);
        else if (!outcome.IsSuccess)
            Log.EventFailed(_logger, same.Reason, same.Key.ToString(), outcome.ToString());
    }

    /// <summary>Writes counts that have waited long enough, and forgets what is over.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        foreach (var (same, series) in _series.ToArray())
        {
            try
            {
                if (series.Count > series.CountWritten && _time.GetElapsedTime(series.WrittenAt) >= _options.SeriesEvery)
                    await WriteCountAsync(same, series, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            if (now - series.Last > _options.SeriesWithin)
                _series.Remove(same);
        }
    }

    private async Task ThrottleAsync(CancellationToken cancellationToken)
    {
        var wait = _bucket.Take();
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
    }

    private static string Cut(string text, int chars) => text.Length <= chars ? text : text[..chars];

    /// <summary>Cuts to a number of UTF-8 bytes without breaking a character.</summary>
    internal static string CutBytes(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        const string more = "...";
        var used = more.Length;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytes)
                break;
            kept.Append(rune);
        }
        return kept.Append(more).ToString();
    }

    private sealed record Same(ResourceKind Kind, ObjectKey Key, string Uid, EventType Type, string Reason, string Action, string Note);

    private sealed record Entry(Same Same, string? ResourceVersion, DateTimeOffset At);

    private sealed class Series(ObjectKey name)
    {
        public ObjectKey Event { get; } = name;

        public int Count { get; set; } = 1;

        public int CountWritten { get; set; } = 1;

        public DateTimeOffset Last { get; set; }

        public long WrittenAt { get; set; }
    }
}
