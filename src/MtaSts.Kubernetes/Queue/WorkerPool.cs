using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace MtaSts.Kubernetes;

/// <summary>
/// Workers that take keys from a queue and run a pass over each. A pass that throws or overruns its deadline is a failure of
/// its key alone; a pass that ignores its cancellation is left behind, so that it does not use up a worker.
/// </summary>
/// <param name="name">For logs.</param>
/// <param name="queue">Where the keys come from.</param>
/// <param name="pass">One pass over one key. Its token is cancelled at the pass's deadline and when the pool must end.</param>
/// <param name="options">Limits.</param>
/// <param name="logger">Where failures are told.</param>
/// <param name="time">The clock.</param>
public sealed class WorkerPool<TKey>(
    string name,
    WorkQueue<TKey> queue,
    Func<TKey, CancellationToken, Task<Requeue>> pass,
    WorkerPoolOptions options,
    ILogger logger,
    TimeProvider time)
    where TKey : notnull
{
    /// <summary>Runs until stopped or aborted, then waits for running passes up to the drain deadline.</summary>
    /// <param name="stop">No more keys are taken; running passes may finish within the drain deadline.</param>
    /// <param name="abort">Running passes are cancelled at once, for example because the leadership is lost.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        using var taking = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var workers = new Task[options.Workers];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = Task.Run(() => WorkAsync(taking.Token, running.Token), CancellationToken.None);

        var all = Task.WhenAll(workers);
        await WaitForCancellationAsync(all, taking.Token).ConfigureAwait(false);
        if (await EndsWithinAsync(all, options.DrainDeadline).ConfigureAwait(false))
            return;
        Log.DrainOverrun(logger, name, queue.Held, options.DrainDeadline);
        await running.CancelAsync().ConfigureAwait(false);
        await all.ConfigureAwait(false);
    }

    private async Task WorkAsync(CancellationToken taking, CancellationToken running)
    {
        while (!taking.IsCancellationRequested)
        {
            TKey key;
            try
            {
                key = await queue.TakeAsync(taking).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                return;
            }
            // The two tokens are not cancelled in one moment: a key that was taken in between goes back, and no pass begins.
            if (taking.IsCancellationRequested || running.IsCancellationRequested)
            {
                queue.Add(key);
                queue.Done(key);
                return;
            }
            var pass = PassAsync(key, running);
            var limit = options.PassDeadline + options.AbandonAfter;
            // The pass itself sees to the key's end: Done is called when it ends, not when the worker moves on.
            if (!await EndsWithinAsync(pass, limit, options.AbandonAfter, running).ConfigureAwait(false))
                Log.PassAbandoned(logger, name, key.ToString() ?? "", limit);
        }
    }

    private async Task PassAsync(TKey key, CancellationToken running)
    {
        // Not on the worker's own stack: a pass that blocks its thread must not block the worker's time-out.
        await Task.Yield();
        var started = time.GetTimestamp();
        var end = PassEnd.Failed;
        using var deadline = new CancellationTokenSource(options.PassDeadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, running);
        try
        {
            var requeue = await pass(key, both.Token).ConfigureAwait(false);
            end = requeue.Failed ? PassEnd.Failed : PassEnd.Done;
            Follow(key, requeue);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // Not the key's fault. Whoever runs next starts with every key anyway.
            end = PassEnd.Aborted;
            queue.Add(key);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            end = PassEnd.Overran;
            var wait = queue.AddRateLimited(key);
            Log.PassOverran(logger, name, key.ToString() ?? "", options.PassDeadline, wait);
        }
        catch (RetryLaterException e)
        {
            var wait = queue.AddRateLimited(key, e.NotBefore);
            Log.PassPutOff(logger, name, key.ToString() ?? "", e.Message, wait);
        }
        catch (Exception e)
        {
            var wait = queue.AddRateLimited(key);
            Log.PassFailed(logger, e, name, key.ToString() ?? "", wait);
        }
        finally
        {
            options.Metrics?.Passed(name, time.GetElapsedTime(started), end);
            queue.Done(key);
        }
    }

    private void Follow(TKey key, Requeue requeue)
    {
        switch (requeue)
        {
            case { Failed: true, After: { } wait }:
                queue.CountFailure(key);
                queue.AddAfter(key, wait);
                break;
            case { Failed: true }:
                queue.AddRateLimited(key);
                break;
            case { After: { } wait }:
                queue.Forget(key);
                queue.AddAfter(key, wait);
                break;
            default:
                queue.Forget(key);
                break;
        }
    }

    /// <summary>Waits for a task, but not longer than a limit, nor longer than a grace after the token is cancelled.</summary>
    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit, TimeSpan grace, CancellationToken token)
    {
        try
        {
            await task.WaitAsync(limit, time, token).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return await EndsWithinAsync(task, grace).ConfigureAwait(false);
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task WaitForCancellationAsync(Task orThis, CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = token.Register(() => cancelled.TrySetResult());
        await Task.WhenAny(cancelled.Task, orThis).ConfigureAwait(false);
    }
}
