using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Keeps a cache of one kind in step with the API server and tells handlers what changed: a paged list, then a watch from there,
/// a new list where the watch cannot go on. It never gives up, and an object that it cannot read stops no other.
/// </summary>
/// <typeparam name="T">The type of the objects, with <see cref="KubernetesEntityAttribute"/>.</typeparam>
public sealed class Informer<T> : IInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    // A watch that ends sooner than this without a word counts as a failure, or a server that closes at once is asked in a tight loop.
    private static readonly TimeSpan ShortestGoodWatch = TimeSpan.FromSeconds(1);

    private readonly ApiClient _api;
    private readonly InformerOptions<T> _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _dispatching = new();
    private readonly List<Action<Change<T>>> _handlers = [];
    private readonly ConcurrentDictionary<ObjectKey, string> _unreadable = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastActivity;
    private long _lastTurn;
    private volatile string? _lastError;
    private volatile bool _apiMissing;
    private string? _resourceVersion;
    private int _failures;
    private int _started;

    /// <summary>An informer that does nothing before <see cref="RunAsync"/>.</summary>
    public Informer(ApiClient api, InformerOptions<T>? options, ILogger logger, TimeProvider? time = null)
    {
        _api = api;
        _options = options ?? new InformerOptions<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PageSize, 1);
        _logger = logger;
        _time = time ?? TimeProvider.System;
        Kind = ResourceKind.Of<T>();
        _lastActivity = _lastTurn = _time.GetUtcNow().UtcTicks;
    }

    /// <inheritdoc/>
    public ResourceKind Kind { get; }

    /// <summary>The objects as last seen.</summary>
    public ObjectCache<T> Cache { get; } = new();

    /// <inheritdoc/>
    public int Count => Cache.Count;

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <inheritdoc/>
    public DateTimeOffset LastActivity => new(Interlocked.Read(ref _lastActivity), TimeSpan.Zero);

    /// <inheritdoc/>
    public DateTimeOffset LastTurn => new(Interlocked.Read(ref _lastTurn), TimeSpan.Zero);

    /// <inheritdoc/>
    public string? LastError => _lastError;

    /// <summary>True while the API server answers that it does not have the kind.</summary>
    public bool IsApiMissing => _apiMissing;

    /// <inheritdoc/>
    public int UnreadableCount => _unreadable.Count;

    /// <summary>
    /// Objects that do not fit the type, with what is wrong. If such an object was readable before, the cache keeps what it was:
    /// an edit that breaks an object must not look like its deletion.
    /// </summary>
    public IReadOnlyDictionary<ObjectKey, string> Unreadable => _unreadable;

    /// <inheritdoc cref="ObjectCache{T}.AddIndex"/>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values) => Cache.AddIndex(name, values);

    /// <inheritdoc cref="ObjectCache{T}.ByIndex"/>
    public IReadOnlyList<T> ByIndex(string name, string value) => Cache.ByIndex(name, value);

    /// <summary>
    /// Adds a handler. It is called for what is in the cache already, then for each change, in order, one call at a time, after the
    /// cache has changed. It must be quick and must not throw: it only notes down work.
    /// </summary>
    public void OnChange(Action<Change<T>> handler)
    {
        lock (_dispatching)
        {
            _handlers.Add(handler);
            foreach (var (key, entity) in Cache.All)
                Call(handler, new Change<T>.Added(key, entity));
        }
    }

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("An informer runs once.");
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var wait = _resourceVersion is null
                    ? await ListAsync(cancellationToken).ConfigureAwait(false)
                    : await WatchAsync(cancellationToken).ConfigureAwait(false);
                Interlocked.Exchange(ref _lastTurn, _time.GetUtcNow().UtcTicks);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Not foreseen, so start over from a list: it does not depend on anything that went before.
                _resourceVersion = null;
                var wait = Failed(e.Message, null);
                Log.InformerThrew(_logger, e, Kind.Kind, wait);
                await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>How long to wait before the next turn.</returns>
    private async Task<TimeSpan> ListAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<ObjectKey, T>();
        var unreadable = new Dictionary<ObjectKey, string>();
        string? next = null;
        string version;
        do
        {
            var reply = await _api.GetAsync(ListPath(next), cancellationToken).ConfigureAwait(false);
            _apiMissing = reply.IsApiMissing;
            if (!reply.IsSuccess)
            {
                // A page whose snapshot the server has compacted (410) means a new list from its first page, like any other failure.
                var wait = Failed(reply.ToString(), reply.RetryAfter);
                if (reply.IsApiMissing)
                    Log.KindMissing(_logger, Kind.ToString(), wait);
                else
                    Log.ListFailed(_logger, Kind.Kind, reply.ToString(), wait);
                return wait;
            }
            Active();
            try
            {
                using var page = JsonDocument.Parse(reply.Body);
                (next, version) = ReadPage(page.RootElement, found, unreadable);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                var wait = Failed($"the list is not readable: {e.Message}", null);
                Log.ListFailed(_logger, Kind.Kind, _lastError!, wait);
                return wait;
            }
        }
        while (!string.IsNullOrEmpty(next));

        Log.Listed(_logger, Kind.Kind, found.Count, version);
        Replace(found, unreadable);
        _resourceVersion = version;
        _failures = 0;
        _lastError = null;
        _synced.TrySetResult();
        return TimeSpan.Zero;
    }

    private (string? Next, string ResourceVersion) ReadPage(
        JsonElement page, Dictionary<ObjectKey, T> found, Dictionary<ObjectKey, string> unreadable)
    {
        var metadata = page.GetProperty("metadata");
        var resourceVersion = metadata.GetProperty("resourceVersion").GetString() ?? throw new JsonException("no resourceVersion");
        if (page.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in items.EnumerateArray())
            {
                var key = KeyOf(item);
                // What has not changed is not read again: a new list costs no second copy of the cache.
                if (Cache.Find(key) is { } cached && ResourceVersionOf(item) is { } version
                    && cached.Metadata.ResourceVersion == version)
                    found[key] = cached;
                else if (TryRead(item, out var entity, out var error))
                    found[key] = entity;
                else
                    unreadable[key] = error;
            }
        }
        var next = metadata.TryGetProperty("continue", out var token) ? token.GetString() : null;
        return (next, resourceVersion);
    }

    private async Task<TimeSpan> WatchAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watchdog = _time.CreateTimer(static cts => ((CancellationTokenSource)cts!).Cancel(), ending, _options.StallAfter,
            Timeout.InfiniteTimeSpan);
        var opened = _time.GetTimestamp();
        var heard = false;
        try
        {
            var (response, error) = await _api.OpenStreamAsync(WatchPath(), ending.Token).ConfigureAwait(false);
            if (response is null)
                return WatchRefused(error!);
            using (response)
            {
                var stream = await response.Content.ReadAsStreamAsync(ending.Token).ConfigureAwait(false);
                await using var lines = new WatchLines(stream);
                Active();
                while (await lines.ReadAsync(ending.Token).ConfigureAwait(false) is { } line)
                {
                    watchdog.Change(_options.StallAfter, Timeout.InfiniteTimeSpan);
                    Active();
                    if (Take(line) is { } wait)
                        return wait;
                    heard = true;
                    _failures = 0;
                    _lastError = null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.WatchStalled(_logger, Kind.Kind, _options.StallAfter);
            _lastError = "the watch stalled";
            return await AfterStallAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            if (!heard)
                return WatchFailed(e.Message, null);
        }
        // The ordinary end: the server closes a watch when its time is up.
        return heard || _time.GetElapsedTime(opened) >= ShortestGoodWatch ? TimeSpan.Zero : WatchFailed("closed at once", null);
    }

    /// <summary>
    /// A server that was restored from a backup keeps silent to who watches from a version that it has not reached. One tiny list tells.
    /// </summary>
    private async Task<TimeSpan> AfterStallAsync(CancellationToken cancellationToken)
    {
        var reply = await _api.GetAsync($"{Kind.ListPath(_options.Namespace)}?limit=1{Selectors()}", cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
            return WatchFailed(reply.ToString(), reply.RetryAfter);
        Active();
        _lastError = null;
        var version = JsonText.TextOf(reply.Json()?["metadata"]?["resourceVersion"]);
        return version is not null && IsOlder(version, _resourceVersion!)
            ? Relist($"the server went back from {_resourceVersion} to {version}", countAsFailure: false)
            : TimeSpan.Zero;
    }

    /// <returns>Null to go on with the watch; else how long to wait before the next turn.</returns>
    private TimeSpan? Take(byte[] line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            // What the line said is lost, so only a list can tell.
            return Relist($"a line of the watch is no JSON: {e.Message}", countAsFailure: true);
        }
        using (document)
        {
            if (!document.RootElement.TryGetProperty("type", out var type)
                || !document.RootElement.TryGetProperty("object", out var item)
                || item.ValueKind != JsonValueKind.Object)
                return Relist("a line of the watch is no event", countAsFailure: true);
            if (type.ValueEquals("ERROR"))
                return WatchError(item);
            if (ResourceVersionOf(item) is not { } version)
                return Relist("an event has no resource version", countAsFailure: true);
            if (IsOlder(version, _resourceVersion!))
                return Relist($"the server went back from {_resourceVersion} to {version}", countAsFailure: false);
            if (!type.ValueEquals("BOOKMARK"))
                Apply(item, type.ValueEquals("DELETED"));
            _resourceVersion = version;
            return null;
        }
    }

    private TimeSpan WatchError(JsonElement status)
    {
        var code = status.TryGetProperty("code", out var c) && c.TryGetInt32(out var number) ? number : 0;
        var message = status.TryGetProperty("message", out var m) ? m.GetString() ?? "" : "";
        // 410: the version is compacted. It is the ordinary way of a watch that was away for long; nothing to wait for.
        return code == 410 ? Relist(message, countAsFailure: false) : WatchFailed($"{code} {message}", null);
    }

    private TimeSpan WatchRefused(ApiReply error)
    {
        if (error.Code == 410)
            return Relist(error.Message, countAsFailure: false);
        // The server is there and does not take this watch: its version may be from another life of the server.
        if (!error.IsTransient)
            _resourceVersion = null;
        return WatchFailed(error.ToString(), error.RetryAfter);
    }

    private TimeSpan WatchFailed(string error, TimeSpan? retryAfter)
    {
        var wait = Failed(error, retryAfter);
        Log.WatchFailed(_logger, Kind.Kind, error, wait);
        return wait;
    }

    private TimeSpan Relist(string reason, bool countAsFailure)
    {
        _resourceVersion = null;
        Log.Relisting(_logger, Kind.Kind, reason);
        return countAsFailure ? Failed(reason, null) : TimeSpan.Zero;
    }

    private TimeSpan Failed(string error, TimeSpan? retryAfter)
    {
        _lastError = error;
        var wait = _options.Backoff.Wait(++_failures);
        return retryAfter > wait ? retryAfter.Value : wait;
    }

    private void Replace(Dictionary<ObjectKey, T> found, Dictionary<ObjectKey, string> unreadable)
    {
        lock (_dispatching)
        {
            var before = Cache.All;
            foreach (var key in unreadable.Keys)
            {
                if (before.TryGetValue(key, out var last))
                    found[key] = last;
            }
            Cache.Replace(found);
            foreach (var (key, last) in before)
            {
                if (!found.TryGetValue(key, out var current))
                    Tell(new Change<T>.Deleted(key, last, FinalStateUnknown: true));
                else if (current.Metadata.Uid != last.Metadata.Uid)
                    Tell(new Change<T>.Deleted(key, last, FinalStateUnknown: true));
            }
            foreach (var (key, current) in found)
            {
                if (!before.TryGetValue(key, out var last) || current.Metadata.Uid != last.Metadata.Uid)
                    Tell(new Change<T>.Added(key, current));
                else if (!ReferenceEquals(current, last))
                    Tell(new Change<T>.Updated(key, last, current));
            }
        }
        foreach (var key in _unreadable.Keys.Where(key => !unreadable.ContainsKey(key)))
            _unreadable.TryRemove(key, out _);
        foreach (var (key, error) in unreadable)
            ReportUnreadable(key, error);
    }

    private void Apply(JsonElement item, bool deleted)
    {
        var key = KeyOf(item);
        var readable = TryRead(item, out var entity, out var error);
        if (!readable && !deleted)
        {
            ReportUnreadable(key, error);
            return;
        }
        _unreadable.TryRemove(key, out _);
        lock (_dispatching)
        {
            var last = Cache.Find(key);
            if (deleted)
            {
                if (last is null)
                    return;
                Cache.Remove(key);
                Tell(new Change<T>.Deleted(key, readable ? entity : last, FinalStateUnknown: false));
                return;
            }
            Cache.Set(key, entity);
            if (last is null)
            {
                Tell(new Change<T>.Added(key, entity));
            }
            else if (last.Metadata.Uid != entity.Metadata.Uid)
            {
                Tell(new Change<T>.Deleted(key, last, FinalStateUnknown: true));
                Tell(new Change<T>.Added(key, entity));
            }
            else
            {
                Tell(new Change<T>.Updated(key, last, entity));
            }
        }
    }

    private bool TryRead(JsonElement item, out T entity, out string error)
    {
        try
        {
            var read = KubernetesJson.Deserialize<T>(item);
            if (read?.Metadata?.Name is { Length: > 0 })
            {
                // List items carry neither; who gets an object from the cache may rely on them.
                read.ApiVersion = Kind.ApiVersion;
                read.Kind = Kind.Kind;
                entity = _options.Trim(read);
                error = "";
                return true;
            }
            error = "it has no metadata.name";
        }
        catch (Exception e)
        {
            // Any exception: the type's own converters and setters run here too.
            error = e.Message;
        }
        entity = null!;
        return false;
    }

    private void ReportUnreadable(ObjectKey key, string error)
    {
        _unreadable[key] = error;
        Log.Unreadable(_logger, Kind.Kind, key.ToString(), error);
        try
        {
            _options.OnUnreadable?.Invoke(key, error);
        }
        catch (Exception e)
        {
            Log.HandlerThrew(_logger, e, Kind.Kind, key.ToString());
        }
    }

    private void Tell(Change<T> change)
    {
        foreach (var handler in _handlers)
            Call(handler, change);
    }

    private void Call(Action<Change<T>> handler, Change<T> change)
    {
        try
        {
            handler(change);
        }
        catch (Exception e)
        {
            Log.HandlerThrew(_logger, e, Kind.Kind, change.Key.ToString());
        }
    }

    private void Active() => Interlocked.Exchange(ref _lastActivity, _time.GetUtcNow().UtcTicks);

    private string ListPath(string? next)
    {
        var path = $"{Kind.ListPath(_options.Namespace)}?limit={_options.PageSize}{Selectors()}";
        return string.IsNullOrEmpty(next) ? path : $"{path}&continue={Uri.EscapeDataString(next)}";
    }

    private string WatchPath()
    {
        // Watches that all end in the same second would come back in the same second.
        var seconds = (int)(_options.WatchAtLeast.TotalSeconds * (1 + Random.Shared.NextDouble()));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Kind.ListPath(_options.Namespace)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={Math.Max(1, seconds)}")
            + $"&resourceVersion={Uri.EscapeDataString(_resourceVersion!)}{Selectors()}";
    }

    private string Selectors()
    {
        var label = _options.LabelSelector is { } l ? $"&labelSelector={Uri.EscapeDataString(l)}" : "";
        var field = _options.FieldSelector is { } f ? $"&fieldSelector={Uri.EscapeDataString(f)}" : "";
        return label + field;
    }

    // Versions are numbers on every server there is; where they are not, nothing is concluded.
    private static bool IsOlder(string version, string than) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        && ulong.TryParse(than, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
        && a < b;

    private static ObjectKey KeyOf(JsonElement item)
    {
        var space = Metadata(item, "namespace");
        return new ObjectKey(string.IsNullOrEmpty(space) ? null : space, Metadata(item, "name") ?? "");
    }

    private static string? ResourceVersionOf(JsonElement item) => Metadata(item, "resourceVersion");

    private static string? Metadata(JsonElement item, string field) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
