using System.Globalization;
using MtaSts.TestBed;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

[Collection(ControlPlaneCollection.Name)]
public sealed class BedTests
{
    private const int Number = BedId.Max;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_number_that_is_taken_is_not_given_twice_and_is_free_again_afterwards()
    {
        using (var first = BedId.TryTake(Number - 1))
        {
            Assert.NotNull(first);
            Assert.Null(BedId.TryTake(Number - 1));
        }

        using var again = BedId.TryTake(Number - 1);
        Assert.NotNull(again);
        Assert.Equal("198.18.62.0/24", again.AddressPlan.ToString());
    }

    [Fact]
    public async Task Of_a_bed_that_was_killed_the_next_start_leaves_nothing()
    {
        if (ControlPlane.MissingReason() is { } reason) Assert.Skip(reason);
        if (!Environment.IsPrivilegedProcess) Assert.Skip("only root can make network namespaces");
        string folder;
        using (var id = BedId.TryTake(Number)) folder = id!.Folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var outside = Directory.CreateTempSubdirectory("mtasts-holder-");
        var holder = ChildProcess.Start(new ChildProcessOptions(
            "holder", Environment.ProcessPath!, [], outside.FullName, Path.Combine(outside.FullName, "log"))
        {
            Environment = new Dictionary<string, string> { [BedHolder.Variable] = $"{Number}" },
        });
        await holder.WaitReadyAsync(
            _ => Task.FromResult(File.Exists(Path.Combine(folder, HeldBed.ReadyFile))), Deadlines.Start, Token);
        await Eventually.HoldsAsync(() => Marked(folder).Count >= 4, "etcd, kube-apiserver, the daemon's parent and the daemon run");
        var before = Marked(folder);

        holder.Signal(Signal.Kill);
        await holder.WaitForExitAsync(Token);
        await Eventually.HoldsAsync(() => Marked(folder).Count == 1, "all but the daemon die with the bed");

        await using (var bed = await Bed.StartAsync(new BedOptions { Number = Number }, Token))
        {
            Assert.DoesNotContain(Marked(folder), before.Contains);
            Assert.False(File.Exists(Path.Combine(folder, HeldBed.ReadyFile)));
            Assert.DoesNotContain(
                bed.Id.NamespacePrefix, await Command.OutputAsync("ip", ["netns", "list"], cancellationToken: Token), StringComparison.Ordinal);
        }

        Assert.Empty(Marked(folder));
        Assert.False(Directory.Exists(folder));
        await holder.DisposeAsync();
        outside.Delete(recursive: true);
    }

    [Fact]
    public async Task A_program_that_ends_before_it_is_ready_fails_with_the_end_of_its_log()
    {
        var folder = Directory.CreateTempSubdirectory("mtasts-process-");
        await using var process = ChildProcess.Start(new ChildProcessOptions(
            "short", "sh", ["-c", "echo out of luck >&2; exit 3"], folder.FullName, Path.Combine(folder.FullName, "log")));

        var failure = await Assert.ThrowsAsync<ChildProcessException>(
            () => process.WaitReadyAsync(_ => Task.FromResult(false), TimeSpan.FromSeconds(10), Token));

        Assert.Contains("out of luck", failure.Message, StringComparison.Ordinal);
        Assert.Contains("code 3", failure.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    /// <summary>The pids (with start times) of the processes that carry the mark of a bed's folder.</summary>
    private static HashSet<string> Marked(string folder)
    {
        var mark = $"{PidFiles.MarkVariable}={PidFiles.Mark(folder)}";
        HashSet<string> found = [];
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out _)) continue;
            try
            {
                if (!File.ReadAllText($"{process}/environ").Split('\0').Contains(mark)) continue;
                var stat = File.ReadAllText($"{process}/stat");
                found.Add($"{Path.GetFileName(process)} since {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Gone, or none of ours.
            }
        }

        return found;
    }
}
