using System.Globalization;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Keeps what an informer has of one scope in step with the API server: a paged list, then a watch from there, a new list where the watch cannot go on. It never gives up.
/// </summary>
/// <typeparam name="T">The type of the objects.</typeparam>
internal sealed class Reflector<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    // A watch that ends sooner than this without a word counts as a failure, or a server that closes at once is asked in a tight loop.
    private static readonly TimeSpan ShortestGoodWatch = TimeSpan.FromSeconds(1);

    private readonly Informer<T> _informer;
    private readonly InformerScope _scope;
    private readonly ApiClient _api;
    private readonly InformerOptions<T> _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private long _lastActivity;
    private long _lastTurn;
    private volatile Fault? _fault;
    private volatile bool _hasListed;
    private string? _resourceVersion;
    private int _failures;

    /// <summary>Does nothing before <see cref="RunAsync"/>.</summary>
    public Reflector(Informer<T> informer, InformerScope scope, ApiClient api, InformerOptions<T> options, ILogger logger, TimeProvider time)
    {
        (_informer, _scope, _api, _options, _logger, _time) = (informer, scope, api, options, logger, time);
        _lastActivity = _lastTurn = time.GetUtcNow().UtcTicks;
    }

    /// <summary>The scope has been listed once.</summary>
    public bool HasListed
    {
        get => _hasListed;
        set => _hasListed = value;
    }

    /// <inheritdoc cref="IInformer.LastActivity"/>
    public DateTimeOffset LastActivity => new(Interlocked.Read(ref _lastActivity), TimeSpan.Zero);

    /// <inheritdoc cref="IInformer.LastTurn"/>
    public DateTimeOffset LastTurn => new(Interlocked.Read(ref _lastTurn), TimeSpan.Zero);

    /// <inheritdoc cref="IInformer.LastError"/>
    public string? LastError => _fault?.Error;

    /// <summary>True while the API server answers that it does not have the kind.</summary>
    public bool IsApiMissing => _fault is { IsApiMissing: true };

    /// <summary>Lists and watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
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
                Log.InformerThrew(_logger, e, _informer.Kind.Kind, wait);
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
            if (!reply.IsSuccess)
            {
                // A page whose snapshot the server has compacted (410) means a new list from its first page, like any other failure.
                var wait = Failed(reply.ToString(), reply.RetryAfter, reply.IsApiMissing);
                if (reply.IsApiMissing)
                    Log.KindMissing(_logger, _informer.Kind.ToString(), wait);
                else
                    Log.ListFailed(_logger, _informer.Kind.Kind, reply.ToString(), wait);
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
                var error = $"the list is not readable: {e.Message}";
                var wait = Failed(error, null);
                Log.ListFailed(_logger, _informer.Kind.Kind, error, wait);
                return wait;
            }
        }
        while (!string.IsNullOrEmpty(next));

        Log.Listed(_logger, _informer.Kind.Kind, found.Count, version);
        // Before what was found is told, so that nobody sees both the new list and an error that is over.
        _fault = null;
        _informer.Replace(this, _scope, found, unreadable);
        _resourceVersion = version;
        _failures = 0;
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
                var key = WatchedItem.KeyOf(item);
                // What has not changed is not read again: a new list costs no second copy of the cache.
                if (_informer.Cache.Find(key) is { } cached && WatchedItem.ResourceVersionOf(item) is { } version
                    && cached.Metadata.ResourceVersion == version)
                    found[key] = cached;
                else if (_informer.TryRead(item, out var entity, out var error))
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
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.WatchStalled(_logger, _informer.Kind.Kind, _options.StallAfter);
            _fault = new Fault("the watch stalled", IsApiMissing: false);
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
        var reply = await _api.GetAsync($"{_informer.Kind.ListPath(_scope.Namespace)}?limit=1{Selectors()}", cancellationToken).ConfigureAwait(false);
        if (!reply.IsSuccess)
            return WatchFailed(reply.ToString(), reply.RetryAfter);
        Active();
        _fault = null;
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
            if (WatchedItem.ResourceVersionOf(item) is not { } version)
                return Relist("an event has no resource version", countAsFailure: true);
            if (IsOlder(version, _resourceVersion!))
                return Relist($"the server went back from {_resourceVersion} to {version}", countAsFailure: false);
            _fault = null;
            if (!type.ValueEquals("BOOKMARK"))
                _informer.Apply(item, type.ValueEquals("DELETED"));
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
        Log.WatchFailed(_logger, _informer.Kind.Kind, error, wait);
        return wait;
    }

    private TimeSpan Relist(string reason, bool countAsFailure)
    {
        _resourceVersion = null;
        Log.Relisting(_logger, _informer.Kind.Kind, reason);
        return countAsFailure ? Failed(reason, null) : TimeSpan.Zero;
    }

    private TimeSpan Failed(string error, TimeSpan? retryAfter, bool isApiMissing = false)
    {
        _fault = new Fault(error, isApiMissing);
        var wait = _options.Backoff.Wait(++_failures);
        return retryAfter > wait ? retryAfter.Value : wait;
    }

    private void Active() => Interlocked.Exchange(ref _lastActivity, _time.GetUtcNow().UtcTicks);

    private string ListPath(string? next)
    {
        var path = $"{_informer.Kind.ListPath(_scope.Namespace)}?limit={_options.PageSize}{Selectors()}";
        return string.IsNullOrEmpty(next) ? path : $"{path}&continue={Uri.EscapeDataString(next)}";
    }

    private string WatchPath()
    {
        // Watches that all end in the same second would come back in the same second.
        var seconds = (int)(_options.WatchAtLeast.TotalSeconds * (1 + Random.Shared.NextDouble()));
        return string.Create(CultureInfo.InvariantCulture,
            $"{_informer.Kind.ListPath(_scope.Namespace)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={Math.Max(1, seconds)}")
            + $"&resourceVersion={Uri.EscapeDataString(_resourceVersion!)}{Selectors()}";
    }

    private string Selectors()
    {
        var label = _options.LabelSelector is { } l ? $"&labelSelector={Uri.EscapeDataString(l)}" : "";
        var field = (_scope.Name is { } name ? $"metadata.name={name}" : _options.FieldSelector) is { } f ? $"&fieldSelector={Uri.EscapeDataString(f)}" : "";
        return label + field;
    }

    // Versions are numbers on every server there is; where they are not, nothing is concluded.
    private static bool IsOlder(string version, string than) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        && ulong.TryParse(than, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
        && a < b;

    // One object, so that nobody finds a kind missing without the server's words.
    private sealed record Fault(string Error, bool IsApiMissing);
}
