using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Cloudflare;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Operator.Tests.Dns;

public sealed class RequestBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(CloudflareOptions.RequestsPerWindowDefault)]
    [InlineData(CloudflareOptions.RequestsPerWindowMax)]
    public async Task No_window_has_more_requests_than_the_budget_and_a_hungry_caller_gets_nearly_all_of_them(int perWindow)
    {
        var budget = new RequestBudget(perWindow, _time);
        var sent = await RunAsync(budget, TimeSpan.FromMinutes(20));
        Assert.True(MostIn(sent, RequestBudget.Window) <= perWindow, $"{MostIn(sent, RequestBudget.Window)} in a window");
        Assert.True(sent.Count(t => t < RequestBudget.Window) >= perWindow * 0.97, $"{sent.Count} in all");
    }

    [Fact]
    public async Task A_burst_goes_at_once_and_what_follows_is_sent_away_with_a_moment_to_come_back_at()
    {
        var budget = new RequestBudget(1080, _time);
        Assert.Equal(40, budget.Headroom);
        for (var i = 0; i < 40; i++)
            Assert.Null(await budget.TakeAsync(TimeSpan.Zero, Token));
        Assert.Equal(0, budget.Headroom);

        var first = await budget.TakeAsync(TimeSpan.Zero, Token);
        var second = await budget.TakeAsync(TimeSpan.Zero, Token);
        Assert.True(first > TimeSpan.Zero && second > first, $"{first}, {second}");
        Assert.True(first < TimeSpan.FromSeconds(5), $"{first}");
    }

    [Theory]
    [InlineData(1080, 120, 30)]
    [InlineData(120, 1080, 30)]
    public async Task What_is_used_of_a_limit_is_used_of_the_one_that_takes_its_place(int before, int after, int used)
    {
        var budget = new RequestBudget(before, _time);
        for (var i = 0; i < used; i++)
            await budget.TakeAsync(RequestBudget.BegunWorkWaitMax, Token).AsTask().WaitAsync(Token);
        budget.Resize(after);
        Assert.Equal((after, Math.Max(0, Math.Min(40, after / 4) - used)), (budget.Left.RequestsMax, budget.Left.WithoutWaiting));

        var sent = await RunAsync(budget, TimeSpan.FromMinutes(20));
        Assert.True(MostIn(sent, RequestBudget.Window) <= after, $"{MostIn(sent, RequestBudget.Window)} in a window");
    }

    [Fact]
    public async Task Nobody_is_sent_away_for_longer_than_a_window()
    {
        var budget = new RequestBudget(1080, _time);
        for (var i = 0; i < 40; i++)
            await budget.TakeAsync(TimeSpan.Zero, Token);
        for (var i = 0; i < 5000; i++)
            Assert.InRange((await budget.TakeAsync(TimeSpan.Zero, Token))!.Value, TimeSpan.FromSeconds(1), RequestBudget.Window + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Work_begun_waits_where_new_work_is_sent_away()
    {
        var budget = new RequestBudget(1080, _time);
        var waiting = new List<Task<TimeSpan?>>();
        for (var i = 0; i < 60; i++)
            waiting.Add(budget.TakeAsync(RequestBudget.BegunWorkWaitMax, Token).AsTask());
        Assert.NotNull(await budget.TakeAsync(RequestBudget.NewWorkWaitMax, Token));
        Assert.Equal(20, budget.Waiting);
        _time.Advance(RequestBudget.BegunWorkWaitMax);
        Assert.All(await Task.WhenAll(waiting), Assert.Null);
    }

    [Fact]
    public async Task After_the_provider_has_shut_us_out_nothing_goes_until_it_says_and_then_slowly()
    {
        var budget = new RequestBudget(1080, _time);
        await budget.TakeAsync(TimeSpan.Zero, Token);
        budget.Block(TimeSpan.FromSeconds(120));
        Assert.Equal(TimeSpan.FromSeconds(120), budget.BlockedFor);
        Assert.Equal(0, budget.Headroom);
        Assert.True(await budget.TakeAsync(RequestBudget.BegunWorkWaitMax, Token) >= TimeSpan.FromSeconds(90));

        _time.Advance(TimeSpan.FromSeconds(120));
        Assert.Null(await budget.TakeAsync(TimeSpan.Zero, Token));
        Assert.NotNull(await budget.TakeAsync(TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task Who_waits_while_the_provider_shuts_us_out_is_sent_away()
    {
        var budget = new RequestBudget(1080, _time);
        for (var i = 0; i < 40; i++)
            await budget.TakeAsync(TimeSpan.Zero, Token);
        var waiting = budget.TakeAsync(RequestBudget.BegunWorkWaitMax, Token).AsTask();
        budget.Block(TimeSpan.FromSeconds(120));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(119), await waiting);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_kept()
    {
        var budget = new RequestBudget(1080, _time);
        for (var i = 0; i < 40; i++)
            await budget.TakeAsync(TimeSpan.Zero, Token);
        using var gone = new CancellationTokenSource();
        var waiting = budget.TakeAsync(RequestBudget.BegunWorkWaitMax, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, budget.Waiting);
    }

    [Theory]
    [InlineData(59)]
    [InlineData(1201)]
    public void A_budget_that_cloudflare_does_not_give_is_no_setting(int perWindow)
    {
        Assert.True(CloudflareToken.TryCreate("token", out var token, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CloudflareOptions { Token = token, RequestsPerWindow = perWindow });
    }

    // One caller that takes whatever it gets, as soon as it gets it.
    private async Task<List<TimeSpan>> RunAsync(RequestBudget budget, TimeSpan duration)
    {
        var start = _time.GetUtcNow();
        var sent = new List<TimeSpan>();
        while (_time.GetUtcNow() - start < duration)
        {
            if (await budget.TakeAsync(TimeSpan.Zero, Token) is null)
                sent.Add(_time.GetUtcNow() - start);
            else
                _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        return sent;
    }

    private static int MostIn(List<TimeSpan> times, TimeSpan window)
    {
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] >= window)
                first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
