using MtaSts.Core.Observations;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Webhook;
using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Operator.Tests.Dns;

public sealed class WebhookSharedAnswerTests : IDisposable
{
    private static readonly ProviderFault Away = new(Reason.ProviderUnavailable, "away", Transient: true);
    private readonly FakeTimeProvider _time = new();
    private readonly List<TaskCompletionSource<Outcome<string>>> _calls = [];
    private readonly SemaphoreSlim _called = new(0);
    private readonly SharedAnswer<string> _shared;

    public WebhookSharedAnswerTests() => _shared = new(_time, TimeSpan.FromSeconds(10), () =>
    {
        var call = new TaskCompletionSource<Outcome<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(call);
        _called.Release();
        return call.Task;
    });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _called.Dispose();

    [Fact]
    public async Task All_who_ask_at_once_share_one_call_and_the_answer_serves_its_lifetime()
    {
        var both = new[] { _shared.GetAsync(Token), _shared.GetAsync(Token) };
        await AnswerAsync("one");
        Assert.All(await Task.WhenAll(both), a => Assert.Equal("one", a.Value));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("one", (await _shared.GetAsync(Token)).Value);
        Assert.Single(_calls);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        var late = _shared.GetAsync(Token);
        await AnswerAsync("two");
        Assert.Equal("two", (await late).Value);
    }

    [Fact]
    public async Task Who_wants_a_new_answer_does_not_get_one_that_is_under_way_and_all_of_them_share_the_next()
    {
        var first = _shared.GetAsync(Token);
        await _called.WaitAsync(Token);
        var news = Enumerable.Range(0, 50).Select(_ => _shared.GetNewAsync(Token)).ToArray();
        _calls[0].SetResult(new("old", null));
        Assert.Equal("old", (await first).Value);
        await AnswerAsync("new");
        Assert.All(await Task.WhenAll(news), a => Assert.Equal("new", a.Value));
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        var failing = _shared.GetAsync(Token);
        await _called.WaitAsync(Token);
        _calls[^1].SetResult(new(null, Away));
        Assert.Same(Away, (await failing).Fault);
        var next = _shared.GetAsync(Token);
        await AnswerAsync("well");
        Assert.Equal("well", (await next).Value);
    }

    [Fact]
    public async Task After_a_drop_even_a_call_that_is_under_way_serves_nobody_new()
    {
        var before = _shared.GetAsync(Token);
        await _called.WaitAsync(Token);
        _shared.Drop();
        var after = _shared.GetAsync(Token);
        await AnswerAsync("after");
        _calls[0].SetResult(new("before", null));
        Assert.Equal(("before", "after"), ((await before).Value, (await after).Value));
        Assert.Equal("after", (await _shared.GetAsync(Token)).Value);
    }

    [Fact]
    public async Task Who_leaves_takes_nobody_along()
    {
        using var leaving = new CancellationTokenSource();
        var (leaver, stayer) = (_shared.GetAsync(leaving.Token), _shared.GetAsync(Token));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        await AnswerAsync("still");
        Assert.Equal("still", (await stayer).Value);
    }

    private async Task AnswerAsync(string answer)
    {
        await _called.WaitAsync(Token);
        _calls[^1].SetResult(new(answer, null));
    }
}
