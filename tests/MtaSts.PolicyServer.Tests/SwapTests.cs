using System.Text;
using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Tests;

public sealed class SwapTests
{
    private const int Clients = 4;
    private const int Generations = 60;
    private const int DocumentBytes = 30_000; // several segments, so that a torn document would show

    private static readonly string[] Domains = ["a.example", "b.example", "c.example"];

    /// <summary>
    /// Each document is its generation's letter, repeated. While generations are swapped, no client may see a failure, a
    /// document of two letters, or (of any domain) a generation older than one that it has seen already.
    /// </summary>
    [Fact]
    public async Task While_generations_are_swapped_no_client_sees_a_failure_a_torn_document_or_a_step_back()
    {
        await using RunningServer server = await (await RunningServer.StartAsync(null, Files(0))).LoadedAsync(Domains.Length);
        using var done = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => ReadAsync(server, done.Token)))];

        for (int generation = 1; generation < Generations; generation++)
        {
            long loads = server.Host.Metrics.Loads;
            server.Volume.Write(Files(generation).Select(f => KeyValuePair.Create(f.Domain, f.Document)));
            if (generation % 3 == 0) // else the next one overtakes the reading
                await Eventually.TrueAsync(() => server.Host.Metrics.Loads > loads || clients.Any(c => c.IsCompleted));
        }

        await Eventually.TrueAsync(() => server.Host.Store.Current!.TryFind("mta-sts.a.example", out ReadOnlyMemory<byte> d, out _)
            && d.Span[0] == Letter(Generations - 1));
        await done.CancelAsync();
        int[] reads = await Task.WhenAll(clients);

        Assert.All(reads, r => Assert.True(r > Generations, $"only {r} reads: the test has seen nothing"));
        Assert.Equal(0, server.Host.Metrics.Requests(404) + server.Host.Metrics.Requests(503));
    }

    [Theory]
    [InlineData(0, "before the first file")]
    [InlineData(25, "in the middle")]
    [InlineData(49, "before the last file")]
    public void A_reading_that_is_overtaken_by_a_swap_starts_again(int at, string why)
    {
        const int files = 50;
        using var volume = new PolicyVolume();
        volume.Write(Many("one"));
        int opened = 0;

        FolderRead read = PolicyFolder.Read(volume.Folder, null, again: false, _ =>
        {
            if (opened++ == at)
                volume.Write(Many("two")); // and the folder that is being read is emptied and removed
        });

        var loaded = Assert.IsType<FolderRead.Loaded>(read);
        Assert.Equal(files, loaded.Table.Count);
        Assert.Empty(loaded.Skipped);
        Assert.All(Enumerable.Range(0, files), n =>
        {
            Assert.True(loaded.Table.TryFind($"mta-sts.d{n}.example", out ReadOnlyMemory<byte> document, out _), why);
            Assert.Equal("two", Encoding.UTF8.GetString(document.Span));
        });

        static IEnumerable<KeyValuePair<string, string>> Many(string text) =>
            Enumerable.Range(0, files).Select(n => KeyValuePair.Create($"d{n}.example", text));
    }

    [Fact]
    public void A_folder_that_changes_at_every_reading_gives_no_table()
    {
        using var volume = new PolicyVolume();
        volume.Write(("example.com", "0"));
        int opened = 0;

        FolderRead read = PolicyFolder.Read(volume.Folder, null, again: false, _ => volume.Write(("example.com", $"{++opened}")));

        Assert.IsType<FolderRead.Failed>(read);
        Assert.Equal(5, opened);
    }

    private static async Task<int> ReadAsync(RunningServer server, CancellationToken done)
    {
        using Raw raw = await Raw.ConnectAsync(server.Address);
        int reads = 0;
        int newest = 0;
        for (; !done.IsCancellationRequested; reads++)
        {
            string domain = Domains[reads % Domains.Length];
            await raw.SendAsync($"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.{domain}\r\n\r\n");
            string answer = await raw.ReadUntilAsync("\n");
            while (answer.EndsWith("\r\n", StringComparison.Ordinal)) // the head came alone
                answer += await raw.ReadUntilAsync("\n");

            string document = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
            Assert.Equal(DocumentBytes, document.Length);
            Assert.Equal(-1, document.AsSpan(0, DocumentBytes - 1).IndexOfAnyExcept(document[0]));
            Assert.True(document[0] >= Letter(newest), $"{domain} went back from {Letter(newest)} to {document[0]}");
            newest = document[0] - Letter(0);
        }

        return reads;
    }

    private static char Letter(int generation) => (char)('0' + generation);

    private static (string Domain, string Document)[] Files(int generation) =>
        [.. Domains.Select(d => (d, new string(Letter(generation), DocumentBytes - 1) + "\n"))];
}
