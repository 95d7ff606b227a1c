using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>
/// The objects of one kind, in all namespaces, kept up to date by a list and a watch. When the API server is away the last known objects
/// stay, as they do in a kubelet.
/// </summary>
internal sealed class ObjectMirror<T> : IAsyncDisposable
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    // Ends a watch that has gone silent on a connection which nobody closed.
    private const int WatchSeconds = 240;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<(string Namespace, string Name), T> _objects = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<CancellationToken, Task<(string ResourceVersion, IList<T> Items)>> _list;
    private readonly Func<string, int, CancellationToken, IAsyncEnumerable<(WatchEventType, T)>> _watch;
    private readonly Action _changed;
    private readonly Task _loop;

    /// <summary>Starts at once.</summary>
    /// <param name="list">All objects, with the version of the list.</param>
    /// <param name="watch">What happens after that version, for at most so many seconds.</param>
    /// <param name="changed">Called after every change; must not block.</param>
    public ObjectMirror(
        Func<CancellationToken, Task<(string ResourceVersion, IList<T> Items)>> list,
        Func<string, int, CancellationToken, IAsyncEnumerable<(WatchEventType, T)>> watch,
        Action changed)
    {
        _list = list;
        _watch = watch;
        _changed = changed;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Completes with the first list.</summary>
    public Task Listed => _listed.Task;

    /// <summary>The objects as last seen.</summary>
    public ICollection<T> All => _objects.Values;

    /// <summary>One object, or null.</summary>
    public T? Find(string objectNamespace, string name) => _objects.GetValueOrDefault((objectNamespace, name));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listed.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ListThenWatchAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The API server is away, or the version has gone from its memory: list again.
            }

            try
            {
                await Task.Delay(RetryDelay, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListThenWatchAsync(CancellationToken cancellationToken)
    {
        var (version, items) = await _list(cancellationToken);
        var keys = items.Select(Key).ToHashSet();
        foreach (var key in _objects.Keys.Where(key => !keys.Contains(key)).ToList()) _objects.TryRemove(key, out _);
        foreach (var item in items) _objects[Key(item)] = item;
        _listed.TrySetResult();
        _changed();
        await foreach (var (type, item) in _watch(version, WatchSeconds, cancellationToken))
        {
            if (type is WatchEventType.Deleted) _objects.TryRemove(Key(item), out _);
            else if (type is WatchEventType.Added or WatchEventType.Modified) _objects[Key(item)] = item;
            else return;
            _changed();
        }
    }

    private static (string Namespace, string Name) Key(T item) => (item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);
}
