
namespace MtaSts.Operator.Dns.Webhook;

/// <summary>
/// One answer for all who ask within its lifetime. Who asks while a call is under way waits for it; failures are shared by those who wait,
/// and not kept. The call does not belong to any caller: it ends by its own deadline, not by their cancellation.
/// </summary>
internal sealed class SharedAnswer<T>(TimeProvider time, TimeSpan lifetime, Func<Task<Outcome<T>>> ask)
    where T : class
{
    private readonly Lock _gate = new();
    private Task<Outcome<T>>? _current;
    private Task<Outcome<T>>? _next; // Waits for the current one to end; it has not begun.
    private long _begun;

    /// <summary>An answer that is no older than the lifetime.</summary>
    public Task<Outcome<T>> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var isFresh = _current is { IsCompleted: false }
                || (_current is { IsCompletedSuccessfully: true, Result.Value: not null } && time.GetElapsedTime(_begun) < lifetime);
            return (isFresh ? _current! : Begin()).WaitAsync(cancellationToken);
        }
    }

    /// <summary>An answer whose call begins after now. All who ask for one while a call is under way share the one after it.</summary>
    public Task<Outcome<T>> GetNewAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var next = _next ?? (_current is { IsCompleted: false } underWay ? _next = AfterAsync(underWay) : Begin());
            return next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets the answer, and one that is under way.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _current = null;
        }
    }

    private async Task<Outcome<T>> AfterAsync(Task<Outcome<T>> underWay)
    {
        await ((Task)underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<Outcome<T>> begun;
        lock (_gate)
        {
            _next = null;
            begun = Begin();
        }

        return await begun;
    }

    private Task<Outcome<T>> Begin()
    {
        _begun = time.GetTimestamp();
        return _current = Task.Run(ask);
    }
}
