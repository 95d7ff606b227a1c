using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Kubernetes.Tests;

public sealed class WorkerPoolTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger _log = new();
    private readonly WorkQueue<string> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();

    public WorkerPoolTests() => _queue = new WorkQueue<string>(new WorkQueueOptions { Random = () => 0 }, _time);

    public void Dispose()
    {
        _queue.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    [Fact]
    public async Task A_pass_that_ignores_its_cancellation_blocks_neither_other_keys_nor_runs_twice()
    {
        var hung = new TaskCompletionSource();
        var passes = new ConcurrentQueue<string>();
        var running = Start(workers: 1, async (key, _) =>
        {
            passes.Enqueue(key);
            if (key == "stuck" && passes.Count(k => k == "stuck") == 1)
                await hung.Task;
            return Requeue.None;
        });
        _queue.Add("stuck");
        await Eventually.TrueAsync(() => passes.Contains("stuck"), "the pass began");
        _queue.Add("stuck");
        _queue.Add("other");
        await Eventually.AdvanceUntilAsync(_time, TimeSpan.FromSeconds(10), () => passes.Contains("other"), "the other key had its turn");
        Assert.Equal(1, passes.Count(k => k == "stuck"));
        Assert.True(_log.Has(1102));
        hung.SetResult();
        await Eventually.TrueAsync(() => passes.Count(k => k == "stuck") == 2, "the key that was added meanwhile came back");
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_pass_over_its_deadline_is_cancelled_and_tried_again()
    {
        var passes = 0;
        var running = Start(workers: 1, async (_, cancellationToken) =>
        {
            if (Interlocked.Increment(ref passes) == 1)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return Requeue.None;
        });
        _queue.Add("a");
        await Eventually.AdvanceUntilAsync(_time, TimeSpan.FromSeconds(5), () => Volatile.Read(ref passes) == 2, "a second pass");
        Assert.True(_log.Has(1101));
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task An_exception_is_logged_with_the_key_and_backs_off()
    {
        var times = new ConcurrentQueue<DateTimeOffset>();
        var running = Start(workers: 1, (_, _) =>
        {
            times.Enqueue(_time.GetUtcNow());
            throw new InvalidOperationException("boom");
        });
        _queue.Add("the-key");
        await Eventually.AdvanceUntilAsync(_time, TimeSpan.FromMilliseconds(100), () => times.Count >= 4, "four passes");
        await _stop.CancelAsync();
        await running;
        DateTimeOffset[] at = [.. times];
        // Half a second, one, two; a pass may come one step of the test's clock late.
        for (var i = 1; i < 4; i++)
            Assert.True(at[i] - at[i - 1] >= TimeSpan.FromSeconds(0.5 * Math.Pow(2, i - 1)), $"wait {i} was {at[i] - at[i - 1]}");
        Assert.Contains(_log.Entries, e => e.Id == 1100 && e.Text.Contains("the-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_is_left_alone_for_as_long_and_then_by_back_off()
    {
        var times = new ConcurrentQueue<DateTimeOffset>();
        var running = Start(workers: 1, (_, _) =>
        {
            times.Enqueue(_time.GetUtcNow());
            throw new RetryLaterException("429", TimeSpan.FromSeconds(1.5));
        });
        _queue.Add("a");
        await Eventually.AdvanceUntilAsync(_time, TimeSpan.FromMilliseconds(100), () => times.Count >= 5, "five passes");
        await _stop.CancelAsync();
        await running;
        DateTimeOffset[] at = [.. times];
        // By back-off alone: half a second, one, two, four.
        double[] least = [1.5, 1.5, 2, 4];
        for (var i = 1; i < 5; i++)
            Assert.True(at[i] - at[i - 1] >= TimeSpan.FromSeconds(least[i - 1]), $"wait {i} was {at[i] - at[i - 1]}");
        Assert.True(_log.Has(1109));
    }

    [Fact]
    public async Task Stopping_lets_running_passes_finish_and_takes_no_more()
    {
        var finish = new TaskCompletionSource();
        var passes = new ConcurrentQueue<string>();
        var running = Start(workers: 1, async (key, cancellationToken) =>
        {
            passes.Enqueue(key);
            await finish.Task.WaitAsync(cancellationToken);
            return Requeue.None;
        });
        _queue.Add("first");
        _queue.Add("second");
        await Eventually.TrueAsync(() => passes.Count == 1, "the first pass began");
        await _stop.CancelAsync();
        Assert.False(running.IsCompleted);
        finish.SetResult();
        await running;
        Assert.Equal(["first"], passes);
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task Stopping_cancels_what_runs_longer_than_the_drain_deadline()
    {
        var running = await StartEndlessPassAsync();
        await _stop.CancelAsync();
        await Eventually.AdvanceUntilAsync(_time, TimeSpan.FromSeconds(1), () => running.IsCompleted, "the pool ended");
        Assert.True(_log.Has(1103));
    }

    [Fact]
    public async Task Aborting_cancels_running_passes_at_once()
    {
        var running = await StartEndlessPassAsync();
        await _abort.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(1, _queue.Count);
    }

    // A pass is running when it returns, and ends only when it is cancelled.
    private async Task<Task> StartEndlessPassAsync()
    {
        var began = new TaskCompletionSource();
        var running = Start(workers: 1, async (_, cancellationToken) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Requeue.None;
        });
        _queue.Add("a");
        await began.Task;
        return running;
    }

    private Task Start(int workers, Func<string, CancellationToken, Task<Requeue>> pass) =>
        new WorkerPool<string>("test", _queue, pass, new WorkerPoolOptions { Workers = workers }, _log, _time)
            .RunAsync(_stop.Token, _abort.Token);
}
