using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using static MtaSts.Kubernetes.Tests.ScriptedServer;

namespace MtaSts.Kubernetes.Tests;

/// <summary>The informer against a peer that says exactly what the test wants, byte by byte.</summary>
public sealed class InformerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly ListLogger _log = new();
    private readonly ConcurrentQueue<string> _changes = new();
    private readonly ConcurrentQueue<(ObjectKey Key, string Error)> _unreadable = new();
    private readonly CancellationTokenSource _stop = new();
    private ScriptedServer? _server;
    private Informer<Widget>? _informer;
    private Task _running = Task.CompletedTask;

    private Informer<Widget> Informer => _informer!;

    private ScriptedServer Server => _server!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_server is not null)
            await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_list_of_several_pages_is_one_list()
    {
        await StartAsync(Page("10", "more+of/it", Item("a", "1"), Item("b", "2")), Page("10", "", Item("c", "3")));
        Assert.Equal(["+a1", "+b2", "+c3"], _changes.Order());
        Assert.Equal("500", Server.Requests[0].Query["limit"]);
        Assert.Equal("more+of/it", Server.Requests[1].Query["continue"]);
        await WatchedFromAsync("10");
        Assert.Equal("true", Server.Requests[2].Query["allowWatchBookmarks"]);
        Assert.InRange(int.Parse(Server.Requests[2].Query["timeoutSeconds"]!, System.Globalization.CultureInfo.InvariantCulture), 300, 600);
    }

    [Fact]
    public async Task A_list_that_breaks_off_leaves_nothing_half_done()
    {
        await StartAsync(Page("10", "next", Item("a", "1")), Reply(410, Status(410)), List("11", Item("b", "2")));
        Assert.Equal(["+b2"], _changes);
        await WatchedFromAsync("11");
    }

    [Fact]
    public async Task Events_change_the_cache_and_reach_the_handlers_in_order()
    {
        await StartAsync(List("10", Item("a", "1")), WatchThenHang(
            Event("ADDED", Item("b", "11")), Event("MODIFIED", Item("a", "12")), Event("DELETED", Item("b", "13"))));
        await ChangesAsync("+a1", "+b11", "*a1>12", "-b13");
        Assert.Equal(["a"], Informer.Cache.All.Keys.Select(k => k.Name));
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_from_the_last_version_that_a_bookmark_told()
    {
        await StartAsync(List("10"), Watch(Event("ADDED", Item("a", "12")), Bookmark("20")));
        await WatchedFromAsync("20");
        Assert.Single(Server.Requests, r => !r.IsWatch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_compacted_version_leads_to_a_new_list_that_finds_what_was_lost(bool asStatusCode)
    {
        await StartAsync(
            List("10", Item("stays", "1"), Item("changes", "2"), Item("goes", "3"), Item("remade", "4", uid: "first")),
            asStatusCode ? Reply(410, Status(410)) : Watch(Gone()),
            List("30", Item("stays", "1"), Item("changes", "22"), Item("new", "23"), Item("remade", "24", uid: "second")));
        await ChangesAsync(9);
        Assert.Equal(
            ["*changes2>22", "+new23", "+remade24", "-goes3?", "-remade4?"],
            _changes.Skip(4).Order(StringComparer.Ordinal));
        Assert.True(_changes.ToList().IndexOf("-remade4?") < _changes.ToList().IndexOf("+remade24"));
        await WatchedFromAsync("30");
    }

    [Fact]
    public async Task A_new_list_keeps_the_object_of_what_has_not_changed()
    {
        await StartAsync(List("10", Item("a", "1")), Watch(Gone()), List("30", Item("a", "1")));
        var before = Informer.Cache.Find(new ObjectKey("default", "a"));
        await WatchedFromAsync("30");
        Assert.Same(before, Informer.Cache.Find(new ObjectKey("default", "a")));
    }

    [Fact]
    public async Task A_watch_that_keeps_silent_is_opened_anew()
    {
        await StartAsync(List("10"), WatchThenHang(), List("10"), WatchThenHang(Event("ADDED", Item("a", "11"))));
        await WatchedFromAsync("10");
        await AdvanceUntilAsync(() => _changes.Contains("+a11"), "the second watch was heard");
        Assert.True(_log.Has(1004));
        Assert.True(Server.Requests[3].At - Server.Requests[1].At >= TimeSpan.FromMinutes(3));
        // The list in between asked for the server's version alone.
        Assert.Equal("1", Server.Requests[2].Query["limit"]);
    }

    [Fact]
    public async Task Bookmarks_keep_a_quiet_watch_alive()
    {
        var next = new SemaphoreSlim(0);
        await StartAsync(List("10"), async exchange =>
        {
            await exchange.StartAsync(200);
            for (var version = 11; ; version++)
            {
                await exchange.SendAsync(Bookmark($"{version}") + "\n");
                await next.WaitAsync(TestContext.Current.CancellationToken);
            }
        });
        for (var minutes = 0; minutes < 10; minutes++)
        {
            var now = _time.GetUtcNow();
            await Eventually.TrueAsync(() => Informer.LastActivity == now && Server.Requests.Count == 2, "the bookmark was heard");
            _time.Advance(TimeSpan.FromMinutes(1));
            next.Release();
        }
        Assert.False(_log.Has(1004));
    }

    [Fact]
    public async Task A_server_that_went_back_in_time_is_listed_again()
    {
        await StartAsync(List("100", Item("a", "50")), WatchThenHang(), List("7"), List("7", Item("b", "6")));
        await WatchedFromAsync("100");
        await AdvanceUntilAsync(() => _changes.Contains("+b6"), "the list of the restored server");
        Assert.Contains("-a50?", _changes);
    }

    [Fact]
    public async Task An_object_that_does_not_fit_the_type_stops_no_other_in_a_list()
    {
        await StartAsync(List("10", Item("a", "1"), Poison("bad", "2"), Item("c", "3")));
        Assert.Equal(["+a1", "+c3"], _changes.Order());
        var (key, error) = Assert.Single(_unreadable);
        Assert.Equal(new ObjectKey("default", "bad"), key);
        Assert.Contains("size", error, StringComparison.Ordinal);
        Assert.Contains(_log.Entries, e => e.Id == 1005 && e.Text.Contains("default/bad", StringComparison.Ordinal));
        Assert.True(Informer.HasSynced);
    }

    [Fact]
    public async Task An_edit_that_makes_an_object_unreadable_does_not_look_like_its_deletion()
    {
        await StartAsync(
            List("10", Item("a", "1")),
            Watch(Event("MODIFIED", Poison("a", "11")), Gone()),
            List("30", Poison("a", "11"), Item("b", "29")),
            WatchThenHang(Event("DELETED", Poison("a", "31"))));
        await ChangesAsync("+a1", "+b29", "-a1");
        Assert.Equal(2, _unreadable.Count);
        Assert.Equal(0, Informer.UnreadableCount);
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\n", "broken JSON")]
    [InlineData("[]\n", "no object")]
    [InlineData("{\"type\":\"ADDED\"}\n", "no item")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n", "no version")]
    public async Task A_line_that_is_no_event_leads_to_a_new_list(string line, string why)
    {
        await StartAsync(List("10"), Raw(line), List("20", Item("a", "15")));
        await AdvanceUntilAsync(() => _changes.Contains("+a15"), $"a new list after {why}");
    }

    [Fact]
    public async Task A_line_that_the_connection_cuts_short_is_no_line_and_loses_nothing()
    {
        var whole = Event("ADDED", Item("b", "12"));
        await StartAsync(
            List("10"), Raw(Event("ADDED", Item("a", "11")) + "\n" + whole[..40]), WatchThenHang(whole));
        await ChangesAsync("+a11", "+b12");
        await WatchedFromAsync("11");
        Assert.Single(Server.Requests, r => !r.IsWatch);
    }

    [Fact]
    public async Task Too_many_requests_waits_as_long_as_the_server_asks()
    {
        _server = new ScriptedServer(_time, Reply(429, Status(429), "Retry-After: 7"), List("10", Item("a", "1")));
        Start();
        await AdvanceUntilAsync(() => _changes.Contains("+a1"), "the list after the wait");
        Assert.True(Server.Requests[1].At - Server.Requests[0].At >= TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Server_errors_back_off_and_never_end_it()
    {
        var errors = Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? Reply(500, Status(500)) : Reply(200, "<html>"));
        _server = new ScriptedServer(_time, [.. errors, List("10", Item("a", "1"))]);
        Start();
        await AdvanceUntilAsync(() => _changes.Contains("+a1"), "the list after the errors");
        var waits = Server.Requests.Zip(Server.Requests.Skip(1), (a, b) => b.At - a.At).ToArray();
        // The cap less its jitter at least; without the cap it would be a quarter of an hour. The test's clock may be ahead of the server by a few steps.
        var cap = Backoff.ForConnections.Cap;
        Assert.InRange(waits[11], cap * (1 - Backoff.ForConnections.Jitter), cap * 2);
        Assert.Null(Informer.LastError);
    }

    [Fact]
    public async Task Who_is_told_of_a_change_sees_no_error_that_is_over()
    {
        var errors = new ConcurrentQueue<string?>();
        _server = new ScriptedServer(_time, Reply(500, Status(500)), List("10", Item("a", "1")), Reply(500, Status(500)), WatchThenHang(Event("ADDED", Item("b", "11"))));
        Start();
        Informer.OnChange(_ => errors.Enqueue(Informer.LastError));
        await AdvanceUntilAsync(() => errors.Count == 2, "a list after an error, and an event after one");
        Assert.All(errors, Assert.Null);
        Assert.Equal(2, _log.Entries.Count(e => e.Id is 1001 or 1002));
    }

    [Fact]
    public async Task A_watch_that_is_closed_at_once_is_not_asked_in_a_tight_loop()
    {
        _server = new ScriptedServer(_time, [List("10"), .. Enumerable.Repeat(Watch(), 5)]);
        Start();
        await AdvanceUntilAsync(() => Server.Requests.Count >= 6, "five watches");
        Assert.True(Server.Requests[5].At - Server.Requests[1].At >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_missing_api_is_said_and_waited_for()
    {
        _server = new ScriptedServer(_time, Reply(404, "404 page not found"), List("10", Item("a", "1")));
        Start();
        await AdvanceUntilAsync(() => Informer.HasSynced, "the API appeared");
        Assert.True(_log.Has(1007));
    }

    [Fact]
    public async Task A_late_handler_is_told_what_is_there_and_a_throwing_one_hurts_no_other()
    {
        await StartAsync(List("10", Item("a", "1")), async exchange =>
        {
            await exchange.StartAsync(200);
            await Eventually.TrueAsync(() => _changes.Contains("late"), "the handler was added");
            await exchange.SendAsync(Event("DELETED", Item("a", "11")) + "\n");
            await exchange.HangAsync();
        });
        Informer.OnChange(change => throw new InvalidOperationException("as the test wants it"));
        Informer.OnChange(change => _changes.Enqueue(change is Change<Widget>.Added ? "late" : "late-"));
        await Eventually.TrueAsync(() => _changes.Contains("late-"), "the deletion");
        Assert.Equal(["+a1", "late", "-a11", "late-"], _changes);
    }

    private static Func<ScriptedExchange, Task> Raw(string text) => async exchange =>
    {
        await exchange.StartAsync(200);
        await exchange.SendAsync(text);
    };

    private static string Status(int code) =>
        $$$"""{"kind":"Status","status":"Failure","code":{{{code}}},"message":"code {{{code}}}","details":{"name":"x"}}""";

    private async Task StartAsync(params Func<ScriptedExchange, Task>[] steps)
    {
        _server = new ScriptedServer(_time, steps);
        Start();
        await AdvanceUntilAsync(() => Informer.HasSynced, "the first list");
    }

    private void Start()
    {
        _informer = new Informer<Widget>(
            Server.Api, new InformerOptions<Widget> { OnUnreadable = (key, error) => _unreadable.Enqueue((key, error)) }, _log, _time);
        _informer.OnChange(change => _changes.Enqueue(change switch
        {
            Change<Widget>.Added added => $"+{added.Key.Name}{added.Current.Metadata.ResourceVersion}",
            Change<Widget>.Updated updated =>
                $"*{updated.Key.Name}{updated.Old.Metadata.ResourceVersion}>{updated.Current.Metadata.ResourceVersion}",
            Change<Widget>.Deleted deleted =>
                $"-{deleted.Key.Name}{deleted.Last.Metadata.ResourceVersion}{(deleted.FinalStateUnknown ? "?" : "")}",
            _ => "",
        }));
        _running = _informer.RunAsync(_stop.Token);
    }

    private Task AdvanceUntilAsync(Func<bool> condition, string what) =>
        Eventually.AdvanceUntilAsync(_time, TimeSpan.FromMilliseconds(500), condition, what);

    private Task ChangesAsync(int count) => Eventually.TrueAsync(() => _changes.Count >= count, $"{count} changes: {string.Join(' ', _changes)}");

    private async Task ChangesAsync(params string[] changes)
    {
        await ChangesAsync(changes.Length);
        Assert.Equal(changes, _changes);
    }

    private Task WatchedFromAsync(string version) =>
        Eventually.TrueAsync(() => Server.Requests.Any(r => r.IsWatch && r.Query["resourceVersion"] == version), $"a watch from {version}");
}
