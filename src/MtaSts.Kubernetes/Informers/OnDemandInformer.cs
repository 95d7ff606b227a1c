using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// An informer of a kind that a cluster need not have: it starts when somebody first asks for it, and nothing of the process waits for it.
/// </summary>
/// <typeparam name="T">The type of the objects, with <see cref="KubernetesEntityAttribute"/>.</typeparam>
public sealed class OnDemandInformer<T> : IOnDemandInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Informer<T> _informer;
    private readonly TimeProvider _time;
    private long _wantedAt;

    /// <summary>An informer that asks the API server for nothing before <see cref="Want"/>.</summary>
    public OnDemandInformer(ApiClient api, InformerOptions<T>? options, ILogger logger, TimeProvider time)
    {
        _time = time;
        _informer = new Informer<T>(api, options, logger, time);
    }

    /// <inheritdoc/>
    public bool IsWanted => _wanted.Task.IsCompleted;

    /// <inheritdoc/>
    public bool IsApiMissing => _informer.IsApiMissing;

    /// <summary>The objects as last seen; none before it was wanted.</summary>
    public ObjectCache<T> Cache => _informer.Cache;

    /// <inheritdoc/>
    public bool IsOptional => true;

    /// <inheritdoc/>
    public ResourceKind Kind => _informer.Kind;

    /// <inheritdoc/>
    public int Count => _informer.Count;

    /// <inheritdoc/>
    public bool HasSynced => _informer.HasSynced;

    /// <inheritdoc/>
    public DateTimeOffset LastActivity => IsWanted ? _informer.LastActivity : _time.GetUtcNow();

    /// <inheritdoc/>
    public DateTimeOffset LastTurn => IsWanted && _informer.LastTurn.UtcTicks > _wantedAt ? _informer.LastTurn : IsWanted ? new(_wantedAt, TimeSpan.Zero) : _time.GetUtcNow();

    /// <inheritdoc/>
    public string? LastError => _informer.LastError;

    /// <inheritdoc/>
    public int UnreadableCount => _informer.UnreadableCount;

    /// <inheritdoc/>
    public void Want()
    {
        if (Interlocked.CompareExchange(ref _wantedAt, _time.GetUtcNow().UtcTicks, 0) == 0)
            _wanted.SetResult();
    }

    /// <inheritdoc cref="Informer{T}.OnChange"/>
    public void OnChange(Action<Change<T>> handler) => _informer.OnChange(handler);

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _informer.WaitForSyncAsync(cancellationToken);

    /// <summary>Waits to be wanted, then lists and watches until cancelled. Call once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _wanted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        await _informer.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
