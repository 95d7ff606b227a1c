using Microsoft.Extensions.Time.Testing;

namespace MtaSts.Kubernetes.Tests.Informers;

/// <summary>What the health endpoints are told of informers.</summary>
public sealed class RuntimeHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StandingInformer _informer;
    private readonly RuntimeHealth _health;

    public RuntimeHealthTests()
    {
        _informer = new StandingInformer { LastActivity = _time.GetUtcNow(), LastTurn = _time.GetUtcNow() };
        _health = new RuntimeHealth([_informer], _time);
    }

    [Fact]
    public void Before_its_first_list_an_informer_is_alive_and_not_ready()
    {
        Assert.False(_health.IsReady);
        Assert.True(_health.IsAlive);
        Assert.Equal("Widget: waiting for its first list, heard 0 s ago", Assert.Single(_health.Describe()));
    }

    [Fact]
    public void A_server_that_is_away_does_not_count_against_an_informer_that_goes_on_trying()
    {
        _informer.HasSynced = true;
        _time.Advance(TimeSpan.FromHours(2));
        _informer.LastTurn = _time.GetUtcNow();
        _informer.LastError = "connection refused";
        Assert.True(_health.IsReady);
        Assert.True(_health.IsAlive);
        Assert.Equal("Widget: synced, heard 7200 s ago, connection refused", Assert.Single(_health.Describe()));
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void An_informer_whose_loop_stands_still_is_stuck(int minutes, bool alive)
    {
        _informer.HasSynced = true;
        _time.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(alive, _health.IsAlive);
        Assert.StartsWith(alive ? "Widget: synced" : "Widget: stuck", Assert.Single(_health.Describe()), StringComparison.Ordinal);
    }

    // An informer that does nothing by itself.
    private sealed class StandingInformer : IInformer
    {
        public ResourceKind Kind { get; } = ResourceKind.Of<Widget>();

        public int Count => 0;

        public bool HasSynced { get; set; }

        public DateTimeOffset LastActivity { get; init; }

        public DateTimeOffset LastTurn { get; set; }

        public string? LastError { get; set; }

        public int UnreadableCount => 0;

        public Task WaitForSyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
