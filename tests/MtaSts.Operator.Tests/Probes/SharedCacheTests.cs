using Microsoft.Extensions.Time.Testing;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Tests.Probes;

public sealed class SharedCacheTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new();
    private int _made;

    [Fact]
    public async Task Callers_at_the_same_time_share_one_piece_of_work()
    {
        var cache = new SharedCache<string, int>(_time, 10);
        var gate = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 50).Select(_ => cache.GetAsync("a", _ => TimeSpan.Zero, () => MakeAsync(gate.Task), default)).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(callers), v => Assert.Equal(1, v));
    }

    [Theory]
    [InlineData(59, 1)]
    [InlineData(60, 2)]
    public async Task A_value_counts_for_its_life(int seconds, int expected)
    {
        var cache = new SharedCache<string, int>(_time, 10);
        await GetAsync(cache, "a");
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task A_caller_who_leaves_does_not_end_the_work_of_others()
    {
        var cache = new SharedCache<string, int>(_time, 10);
        var gate = new TaskCompletionSource();
        using var leaves = new CancellationTokenSource();
        var first = cache.GetAsync("a", _ => Minute, () => MakeAsync(gate.Task), leaves.Token);
        var second = cache.GetAsync("a", _ => Minute, () => MakeAsync(gate.Task), default);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task Work_that_failed_is_not_kept()
    {
        var cache = new SharedCache<string, int>(_time, 10);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync("a", _ => Minute, () => throw new InvalidOperationException(), default));
        Assert.Equal(1, await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task The_number_of_entries_is_bounded()
    {
        var cache = new SharedCache<string, int>(_time, 10);
        for (var i = 0; i < 100; i++)
        {
            await GetAsync(cache, $"k{i}");
        }

        Assert.InRange(cache.Count, 1, 10);
    }

    private Task<int> GetAsync(SharedCache<string, int> cache, string key) => cache.GetAsync(key, _ => Minute, () => MakeAsync(Task.CompletedTask), default);

    private async Task<int> MakeAsync(Task gate)
    {
        await gate;
        return Interlocked.Increment(ref _made);
    }
}
