using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Ties an informer, a queue and an <see cref="IEntityController{T}"/> together. Changes note keys in the queue; workers run one
/// pass at a time per key; each pass says when the next one is. The informers are run by the host, on every replica; the controller
/// only where it leads.
/// </summary>
/// <typeparam name="T">The type of the entities.</typeparam>
public sealed class Controller<T> : IDisposable
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ServerSideApply _writer;
    private readonly Informer<T> _informer;
    private readonly IEntityController<T> _controller;
    private readonly IEntityFinalizer<T>? _finalizer;
    private readonly ControllerOptions _options;
    private readonly ILogger _logger;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly WorkerPool<ObjectKey> _workers;
    private readonly ConcurrentDictionary<ObjectKey, T> _gone = new();
    private readonly List<IInformer> _watched = [];
    private readonly string _name;

    /// <summary>A controller that collects keys from now on and works on them once <see cref="RunAsync"/> is called.</summary>
    public Controller(
        ServerSideApply writer,
        Informer<T> informer,
        IEntityController<T> controller,
        IEntityFinalizer<T>? finalizer,
        ControllerOptions? options,
        ILogger logger,
        TimeProvider? time = null)
    {
        _writer = writer;
        _informer = informer;
        _controller = controller;
        _finalizer = finalizer;
        _options = options ?? new ControllerOptions();
        _logger = logger;
        _name = _options.Name ?? informer.Kind.Kind;
        _queue = new WorkQueue<ObjectKey>(_options.Queue, time);
        _workers = new WorkerPool<ObjectKey>(_name, _queue, PassAsync, _options.Workers, logger, time ?? TimeProvider.System);
        _watched.Add(informer);
        informer.OnChange(Note);
    }

    /// <summary>How many keys wait for a worker.</summary>
    public int Waiting => _queue.Count;

    /// <summary>How many keys wait for their time.</summary>
    public int Delayed => _queue.Delayed;

    /// <summary>How many passes run.</summary>
    public int Running => _queue.Held;

    /// <summary>Also asks for passes when objects of another kind change.</summary>
    /// <param name="informer">The other kind's informer; the host runs it.</param>
    /// <param name="map">The keys of the entities that an object concerns. For an update it is asked for the old and the new object.</param>
    /// <param name="filter">Which updates (old, current) of the other kind count; null for all. Thousands of entities may hang on one object whose status changes all the time.</param>
    public void Watches<TOther>(Informer<TOther> informer, Func<TOther, IEnumerable<ObjectKey>> map, Func<TOther, TOther, bool>? filter = null)
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        _watched.Add(informer);
        informer.OnChange(change => Note(change, map, filter));
    }

    /// <summary>The same for a kind that the cluster need not have: the controller starts without it.</summary>
    public void Watches<TOther>(OnDemandInformer<TOther> informer, Func<TOther, IEnumerable<ObjectKey>> map, Func<TOther, TOther, bool>? filter = null)
        where TOther : class, IKubernetesObject<V1ObjectMeta> => informer.OnChange(change => Note(change, map, filter));

    /// <summary>Asks for a pass over an entity as soon as a worker is free.</summary>
    public void Enqueue(ObjectKey key) => _queue.Add(key);

    /// <summary>Works until stopped or aborted. Starts once all informers concerned are synced. Call once.</summary>
    /// <param name="stop">No new passes; running ones may finish within the drain deadline.</param>
    /// <param name="abort">Running passes are cancelled at once: the leadership is lost.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        try
        {
            foreach (var informer in _watched)
                await informer.WaitForSyncAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return;
        }
        Log.ControllerStarted(_logger, _name, _informer.Cache.Count);
        await _workers.RunAsync(stop, abort).ConfigureAwait(false);
        Log.ControllerStopped(_logger, _name);
    }

    /// <summary>Closes the queue.</summary>
    public void Dispose() => _queue.Dispose();

    private void Note<TOther>(Change<TOther> change, Func<TOther, IEnumerable<ObjectKey>> map, Func<TOther, TOther, bool>? filter)
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        switch (change)
        {
            case Change<TOther>.Added added:
                Enqueue(map(added.Current));
                break;
            case Change<TOther>.Updated updated when filter?.Invoke(updated.Old, updated.Current) != false:
                // Each key once: a worker may have begun with it by the time that it would be added again, and would pass twice.
                Enqueue(map(updated.Old).Union(map(updated.Current)));
                break;
            case Change<TOther>.Deleted deleted:
                Enqueue(map(deleted.Last));
                break;
        }
    }

    private void Enqueue(IEnumerable<ObjectKey> keys)
    {
        foreach (var key in keys)
            _queue.Add(key);
    }

    private void Note(Change<T> change)
    {
        if (change is Change<T>.Updated updated && !_options.UpdateFilter(updated.Old.Metadata, updated.Current.Metadata))
            return;
        if (change is Change<T>.Deleted deleted)
            _gone[deleted.Key] = deleted.Last;
        _queue.Add(change.Key);
    }

    private async Task<Requeue> PassAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        // What is gone comes first: a new object of the same name must find the old one's traces cleared.
        if (_gone.TryGetValue(key, out var gone))
        {
            var end = await _controller.DeletedAsync(gone, cancellationToken).ConfigureAwait(false);
            if (!end.IsSuccess)
                return Failed(key, end);
            // Only this one: another object of the name may have come and gone meanwhile.
            _gone.TryRemove(KeyValuePair.Create(key, gone));
        }
        if (_informer.Cache.Find(key) is not { } entity)
            return Requeue.None;
        return entity.Metadata.DeletionTimestamp is null
            ? await ReconcileAsync(key, entity, cancellationToken).ConfigureAwait(false)
            : await FinalizeAsync(key, entity, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Requeue> ReconcileAsync(ObjectKey key, T entity, CancellationToken cancellationToken)
    {
        if (_finalizer is not null && !Finalizers.Carries(entity.Metadata, _finalizer.Identifier) && _finalizer.Wants(entity))
        {
            var outcome = await Finalizers.AddAsync(_writer, _informer.Kind, entity.Metadata, _finalizer.Identifier, cancellationToken)
                .ConfigureAwait(false);
            if (outcome is not WriteOutcome.Written written)
                return NotWritten(key, outcome);
            Log.FinalizerAdded(_logger, _name, key.ToString(), _finalizer.Identifier);
            entity = written.As<T>();
        }
        var result = await _controller.ReconcileAsync(entity, cancellationToken).ConfigureAwait(false);
        return result.IsSuccess ? Next(result.RequeueAfter) : Failed(key, result);
    }

    private async Task<Requeue> FinalizeAsync(ObjectKey key, T entity, CancellationToken cancellationToken)
    {
        // Others' finalizers may hold the entity; nothing is to be built up for it any more.
        if (_finalizer is null || !Finalizers.Carries(entity.Metadata, _finalizer.Identifier))
            return Requeue.None;
        var result = await _finalizer.FinalizeAsync(entity, cancellationToken).ConfigureAwait(false);
        if (!result.IsSuccess)
            return Failed(key, result);
        if (result.RequeueAfter is { } wait)
            return Requeue.In(wait);
        var outcome = await Finalizers.RemoveAsync(_writer, _informer.Kind, entity.Metadata, _finalizer.Identifier, cancellationToken)
            .ConfigureAwait(false);
        if (outcome is not (WriteOutcome.Written or WriteOutcome.NotFound))
            return NotWritten(key, outcome);
        Log.FinalizerRemoved(_logger, _name, key.ToString(), _finalizer.Identifier);
        return Requeue.None;
    }

    private Requeue Next(TimeSpan? wait)
    {
        if (_options.Resync is not { } resync)
            return wait is { } given ? Requeue.In(given) : Requeue.None;
        var jittered = resync * (1 - (0.2 * Random.Shared.NextDouble()));
        return Requeue.In(wait < jittered ? wait.Value : jittered);
    }

    private Requeue Failed(ObjectKey key, ReconciliationResult<T> result)
    {
        Log.ReconcileFailed(_logger, result.Error, _name, key.ToString(), result.ErrorMessage ?? "failed");
        return Requeue.Retry(result.RequeueAfter);
    }

    private Requeue NotWritten(ObjectKey key, WriteOutcome outcome)
    {
        // The entity is gone, or newer than the cache: the watch brings the change, and with it the next pass.
        if (outcome is WriteOutcome.NotFound)
            return Requeue.None;
        if (outcome is WriteOutcome.Unavailable away)
            throw new RetryLaterException(away.ToString(), away.RetryAfter);
        if (outcome is not WriteOutcome.Conflict)
            Log.ReconcileFailed(_logger, null, _name, key.ToString(), outcome.ToString());
        return Requeue.Retry();
    }
}
