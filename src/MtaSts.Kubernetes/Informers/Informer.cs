using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Keeps a cache of one kind in step with the API server and tells handlers what changed. What is looked at is a scope or several; each has a
/// <see cref="Reflector{T}"/>. It never gives up, and an object that it cannot read stops no other.
/// </summary>
/// <typeparam name="T">The type of the objects, with <see cref="KubernetesEntityAttribute"/>.</typeparam>
public sealed class Informer<T> : IInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly InformerOptions<T> _options;
    private readonly ILogger _logger;
    private readonly ImmutableArray<Reflector<T>> _reflectors;
    private readonly Lock _dispatching = new();
    private readonly List<Action<Change<T>>> _handlers = [];
    private readonly ConcurrentDictionary<ObjectKey, string> _unreadable = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;

    /// <summary>An informer that does nothing before <see cref="RunAsync"/>.</summary>
    public Informer(ApiClient api, InformerOptions<T>? options, ILogger logger, TimeProvider? time = null)
    {
        _options = options ?? new InformerOptions<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PageSize, 1);
        _logger = logger;
        Kind = ResourceKind.Of<T>();
        _reflectors = [.. (_options.Scopes ?? [new InformerScope(_options.Namespace, null)]).Select(scope => new Reflector<T>(this, scope, api, _options, logger, time ?? TimeProvider.System))];
        ArgumentOutOfRangeException.ThrowIfZero(_reflectors.Length, nameof(options));
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
    public DateTimeOffset LastActivity => _reflectors.Min(r => r.LastActivity);

    /// <inheritdoc/>
    public DateTimeOffset LastTurn => _reflectors.Min(r => r.LastTurn);

    /// <inheritdoc/>
    public string? LastError => _reflectors.Select(r => r.LastError).FirstOrDefault(e => e is not null);

    /// <summary>True while the API server answers that it does not have the kind.</summary>
    public bool IsApiMissing => _reflectors.Any(r => r.IsApiMissing);

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
        await Task.WhenAll(_reflectors.Select(r => r.RunAsync(cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Takes a whole list in place of what the cache has of a scope.</summary>
    internal void Replace(Reflector<T> from, InformerScope scope, Dictionary<ObjectKey, T> found, Dictionary<ObjectKey, string> unreadable)
    {
        lock (_dispatching)
        {
            var all = Cache.All;
            var before = _reflectors.Length == 1 ? all : all.Where(p => scope.Holds(p.Key)).ToDictionary();
            foreach (var key in unreadable.Keys)
            {
                if (before.TryGetValue(key, out var last))
                    found[key] = last;
            }
            Cache.Replace(_reflectors.Length == 1 ? found : all.Where(p => !scope.Holds(p.Key)).Concat(found).ToDictionary());
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
        foreach (var key in _unreadable.Keys.Where(key => scope.Holds(key) && !unreadable.ContainsKey(key)))
            _unreadable.TryRemove(key, out _);
        foreach (var (key, error) in unreadable)
            ReportUnreadable(key, error);
        from.HasListed = true;
        if (_reflectors.All(r => r.HasListed))
            _synced.TrySetResult();
    }

    /// <summary>Takes one event of a watch.</summary>
    internal void Apply(JsonElement item, bool deleted)
    {
        var key = WatchedItem.KeyOf(item);
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

    /// <summary>Reads an object; false with what is wrong where it does not fit the type.</summary>
    internal bool TryRead(JsonElement item, out T entity, out string error)
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
}
