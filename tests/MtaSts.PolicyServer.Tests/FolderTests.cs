using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Tests;

public sealed class FolderTests
{
    private static readonly string TooLarge = new('x', PolicyFolder.DocumentBytesMax + 1);
    private static readonly string JustFits = new('x', PolicyFolder.DocumentBytesMax);

    [Fact]
    public async Task Bad_files_are_skipped_counted_and_logged_and_the_good_ones_served()
    {
        await using RunningServer server = await (await RunningServer.StartAsync(null,
            ("example.com", RunningServer.Document),
            ("just-fits.example", JustFits),
            ("too-large.example", TooLarge),
            ("empty.example", ""),
            ("Upper.example", "x"),
            ("under_score.example", "x"),
            ("README", "x"))).LoadedAsync();

        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
        Assert.EndsWith(JustFits, await server.GetAsync("mta-sts.just-fits.example"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync("mta-sts.too-large.example"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync("mta-sts.empty.example"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync("mta-sts.upper.example"));

        string metrics = await server.HealthAsync("/metrics");
        Assert.Contains("mtasts_policy_server_policies 2\n", metrics);
        Assert.Contains("mtasts_policy_server_skipped_files{reason=\"NotADomain\"} 3\n", metrics);
        Assert.Contains("mtasts_policy_server_skipped_files{reason=\"TooLarge\"} 1\n", metrics);
        Assert.Contains("mtasts_policy_server_skipped_files{reason=\"Empty\"} 1\n", metrics);
        // The table is swapped first; the log follows.
        await Eventually.TrueAsync(() => server.Log.Count(3002) == 5);
        Assert.Contains((3002, "too-large.example is not served: TooLarge"), server.Log.All);
    }

    [Fact]
    public async Task An_empty_folder_is_ready_and_answers_404()
    {
        using var volume = new PolicyVolume();
        await using RunningServer server = await (await RunningServer.StartAsync(o => o with { Policies = volume.Folder })).LoadedAsync();

        Assert.Contains("200 OK", await server.HealthAsync("/readyz"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync());
    }

    [Fact]
    public async Task Before_the_first_load_nothing_is_ready_and_senders_get_503()
    {
        using var volume = new PolicyVolume();
        string missing = Path.Combine(volume.Folder, "later");
        await using RunningServer server = await RunningServer.StartAsync(o => o with { Policies = missing });
        await Eventually.TrueAsync(() => server.Host.Metrics.LoadFailures > 3);

        Assert.StartsWith("HTTP/1.1 503 ", await server.HealthAsync("/readyz"));
        Assert.Contains("200 OK", await server.HealthAsync("/healthz"));
        Assert.StartsWith("HTTP/1.1 503 ", await server.GetAsync());
        Assert.Equal(1, server.Log.Count(3004)); // once, not at every look

        Directory.CreateDirectory(missing);
        File.WriteAllText(Path.Combine(missing, "example.com"), RunningServer.Document);
        await server.LoadedAsync(1);
        Assert.Contains("200 OK", await server.HealthAsync("/readyz"));
        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
    }

    [Fact]
    public async Task A_folder_that_vanishes_leaves_the_last_good_table()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync(2);

        Directory.Delete(server.Volume.Folder, recursive: true);
        await Eventually.TrueAsync(() => server.Host.Metrics.LoadFailures > 3);

        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
        Assert.Contains("200 OK", await server.HealthAsync("/readyz"));
        Assert.DoesNotContain("load_failures_total 0\n", await server.HealthAsync("/metrics"));
    }

    [Fact]
    public async Task A_data_link_that_points_nowhere_leaves_the_last_good_table()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync(2);

        Directory.Delete(server.Volume.Generation, recursive: true);
        await Eventually.TrueAsync(() => server.Host.Metrics.LoadFailures > 3);

        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
    }

    [Fact]
    public async Task A_policy_that_is_added_changed_or_removed_is_seen()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync(2);

        server.Volume.Write(("example.com", RunningServer.OtherDocument), ("example.org", "o"), ("example.edu", "e"));
        await server.LoadedAsync(3);

        Assert.EndsWith(RunningServer.OtherDocument, await server.GetAsync());
        Assert.EndsWith("\r\n\r\no", await server.GetAsync("mta-sts.example.org"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync("mta-sts.example.net"));
    }

    [Fact]
    public async Task A_new_policy_is_served_even_before_the_kubelet_has_made_its_link()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync(2);

        server.Volume.Write([KeyValuePair.Create("example.com", "c"), KeyValuePair.Create("new.example", "n")], links: false);
        await Eventually.TrueAsync(() => server.Host.Metrics.Loads == 2);

        Assert.EndsWith("\r\n\r\nn", await server.GetAsync("mta-sts.new.example"));
        Assert.StartsWith("HTTP/1.1 404 ", await server.GetAsync("mta-sts.example.net")); // its link is still there
    }

    [Fact]
    public async Task A_folder_without_generations_is_watched_by_name_size_and_time()
    {
        using var volume = new PolicyVolume();
        string file = Path.Combine(volume.Folder, "example.com");
        await using RunningServer server = await (await RunningServer.StartAsync(o => o with { Policies = volume.Folder })).LoadedAsync(0);

        File.WriteAllText(file, "one");
        await server.LoadedAsync(1);
        Assert.EndsWith("\r\n\r\none", await server.GetAsync());

        File.WriteAllText(file, "two");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        await Eventually.TrueAsync(() => server.GetAsync().Result.EndsWith("\r\n\r\ntwo", StringComparison.Ordinal));

        string elsewhere = Path.Combine(Directory.CreateDirectory(Path.Combine(volume.Folder, "sub.example")).FullName, "target");
        File.WriteAllText(elsewhere, "three");
        File.CreateSymbolicLink(Path.Combine(volume.Folder, "linked.example"), elsewhere);
        await server.LoadedAsync(2);
        Assert.EndsWith("\r\n\r\nthree", await server.GetAsync("mta-sts.linked.example"));
        File.WriteAllText(elsewhere, "and four");
        await Eventually.TrueAsync(() => server.GetAsync("mta-sts.linked.example").Result.EndsWith("four", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_points_nowhere_is_skipped_and_served_once_it_points_somewhere()
    {
        using var volume = new PolicyVolume();
        File.WriteAllText(Path.Combine(volume.Folder, "example.com"), RunningServer.Document);
        File.CreateSymbolicLink(Path.Combine(volume.Folder, "dangling.example"), Path.Combine(volume.Folder, "..later"));
        await using RunningServer server = await (await RunningServer.StartAsync(o => o with { Policies = volume.Folder })).LoadedAsync(1);

        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
        await Eventually.TrueAsync(() => server.Host.Metrics.Loads > 3);
        Assert.Equal(1, server.Log.Count(3002)); // once, not at every look
        File.WriteAllText(Path.Combine(volume.Folder, "..later"), "here");
        await server.LoadedAsync(2);
    }

    [Fact]
    public async Task An_unchanged_folder_is_not_read_again()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();
        PolicyTable? table = server.Host.Store.Current;

        server.Host.Store.Refresh();

        Assert.Same(table, server.Host.Store.Current);
        Assert.Equal(1, server.Host.Metrics.Loads);
    }
}
