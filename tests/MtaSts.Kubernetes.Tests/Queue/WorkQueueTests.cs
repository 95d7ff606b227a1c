using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Kubernetes.Tests;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() =>
        _queue = new WorkQueue<string>(new WorkQueueOptions { Random = () => 0 }, _time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_many_times_comes_once()
    {
        _queue.Add("a");
        _queue.Add("a");
        Assert.Equal("a", await TakeAsync());
        Assert.True(Empty);
    }

    [Fact]
    public async Task Keys_come_in_the_order_they_were_added()
    {
        foreach (var key in new[] { "c", "a", "b", "a" })
            _queue.Add(key);
        Assert.Equal(["c", "a", "b"], [await TakeAsync(), await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task A_key_added_while_it_is_held_comes_back_when_it_is_done_and_not_before()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        _queue.Add("a");
        var next = _queue.TakeAsync(TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        _queue.Done("a");
        Assert.Equal("a", await next);
        _queue.Done("a");
        Assert.True(Empty);
    }

    [Fact]
    public async Task A_busy_key_does_not_overtake_the_others()
    {
        _queue.Add("a");
        _queue.Add("b");
        await TakeAsync();
        _queue.Add("a");
        _queue.Done("a");
        Assert.Equal("b", await TakeAsync());
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task Of_two_waits_the_earlier_one_counts_and_the_key_comes_once()
    {
        _queue.AddAfter("a", TimeSpan.FromMinutes(5));
        _queue.AddAfter("a", TimeSpan.FromMinutes(1));
        _queue.AddAfter("a", TimeSpan.FromMinutes(3));
        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.True(Empty);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await ComesOnceAsync("a");
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_puts_off_an_earlier_wait_too()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _queue.AddRateLimited("a", TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.True(Empty);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await ComesOnceAsync("a");
    }

    [Fact]
    public async Task What_happens_meanwhile_does_not_shorten_the_wait_that_a_server_asked_for()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        _queue.AddRateLimited("a", TimeSpan.FromSeconds(3));
        _queue.Done("a");
        Assert.True(Empty);
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Add("a");
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.True(Empty);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await ComesOnceAsync("a");
        _queue.Add("a");
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task Waits_longer_than_any_timer_end_in_time()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(84));
        _queue.AddAfter("never", TimeSpan.MaxValue);
        for (var hours = 0; hours < (84 * 24) - 1; hours++)
            _time.Advance(TimeSpan.FromHours(1));
        Assert.True(Empty);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("a", await TakeAsync());
        Assert.Equal(1, _queue.Delayed);
    }

    [Fact]
    public async Task A_delayed_add_of_a_held_key_waits_for_its_end()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _queue.Count);
        var next = _queue.TakeAsync(TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        _queue.Done("a");
        Assert.Equal("a", await next);
    }

    [Fact]
    public void Failures_double_the_wait_up_to_the_cap_and_forgetting_starts_over()
    {
        double[] seconds = [.. Enumerable.Range(0, 12).Select(_ => _queue.AddRateLimited("a").TotalSeconds)];
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], seconds);
        _queue.Forget("a");
        Assert.Equal(0.5, _queue.AddRateLimited("a").TotalSeconds);
    }

    [Fact]
    public async Task Giving_up_a_take_loses_no_key()
    {
        using var cancelled = new CancellationTokenSource();
        var take = _queue.TakeAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        _queue.Add("a");
        Assert.Equal("a", await TakeAsync());
    }

    [Theory]
    [InlineData(1, 0.999, 0.25025)]
    [InlineData(1, 0, 0.5)]
    [InlineData(1000, 0.5, 225)]
    public void Jitter_takes_away_at_most_half_of_a_wait(int failures, double random, double seconds) =>
        Assert.Equal(seconds, Backoff.ForKeys.Wait(failures, random).TotalSeconds, 3);

    private bool Empty => _queue.Count == 0;

    // Now, and not again by itself.
    private async Task ComesOnceAsync(string key)
    {
        Assert.Equal(key, await TakeAsync());
        _queue.Done(key);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(Empty);
        Assert.Equal(0, _queue.Delayed);
    }

    private async Task<string> TakeAsync()
    {
        Assert.False(Empty, "nothing is ready");
        return await _queue.TakeAsync(TestContext.Current.CancellationToken);
    }
}
