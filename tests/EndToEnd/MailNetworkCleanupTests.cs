using System.Diagnostics;
using MtaSts.TestBed;
using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>Starting and ending a mail network, and what is left of it.</summary>
[Collection(MailNetworkCollection.Name)]
public sealed class MailNetworkCleanupTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disposed_network_leaves_no_namespace_process_mount_or_file_of_its_own()
    {
        if (MailTools.Missing() is { } why) Assert.Skip(why);
        var id = BedId.TakeAny();
        var folder = TemporaryMailNetwork.FolderOf(id);
        await using (var temporary = await TemporaryMailNetwork.StartAsync(id, Cancellation))
        {
            var network = temporary.Network;
            await network.AddMxAsync(new MxOptions("mx1.mx.test", network.Ca.Issue("mx1.mx.test"), ["a.test"]), Cancellation);
            Assert.NotEmpty(ProcessesOf(folder));
            Assert.NotEmpty(await MountsOfAsync(id));
        }

        Assert.Empty(ProcessesOf(folder));
        Assert.Empty(await MountsOfAsync(id));
        AssertNothingNamedAfter(id.Number);
    }

    [Fact]
    public async Task What_a_killed_network_left_is_removed_by_the_next_with_its_number()
    {
        if (MailTools.Missing() is { } why) Assert.Skip(why);
        var id = BedId.TakeAny();
        var plan = new AddressPlan(id.Number);
        await Command.OutputAsync("ip", ["netns", "add", plan.MailNamespace], cancellationToken: Cancellation);
        await Command.OutputAsync(
            "ip", ["link", "add", plan.HostInterface, "type", "veth", "peer", "name", "up0", "netns", plan.MailNamespace],
            cancellationToken: Cancellation);
        using var leftover = Process.Start("ip", ["netns", "exec", plan.MailNamespace, "tail", "-f", "/dev/null"]);

        await using (var temporary = await TemporaryMailNetwork.StartAsync(id, Cancellation))
        {
            var network = temporary.Network;
            await leftover.WaitForExitAsync(Cancellation);
            Assert.Equal("NOERROR", (await network.Dns.QueryAsync(network.Dns.ResolverAddress, "ns1.dns.test", "A", Cancellation)).Status);
        }

        AssertNothingNamedAfter(id.Number);
    }

    [Fact]
    public async Task A_killed_program_takes_its_network_down_though_some_servers_survive_it()
    {
        if (MailTools.Missing() is { } why) Assert.Skip(why);
        var id = BedId.TakeAny();
        await using var temporary = await TemporaryMailNetwork.StartAsync(id, Cancellation);
        var plan = temporary.Network.Plan;

        // What the kernel does when this program dies.
        await Command.OutputAsync("kill", ["-TERM", $"{temporary.Network.GuardProcessId}"], cancellationToken: Cancellation);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Deadlines.Start);
        while (File.Exists($"/run/netns/{plan.MailNamespace}") || File.Exists($"/run/netns/{plan.SenderNamespace}"))
            await Task.Delay(50, deadline.Token);
        // Zombies have no command line: they are this program's to reap, which a killed one cannot.
        while (ProcessesOf(Path.Combine(TemporaryMailNetwork.FolderOf(id), "sender")).Count > 0) await Task.Delay(50, deadline.Token);
    }

    private static void AssertNothingNamedAfter(int id)
    {
        var name = $"mtasts-{id}-";
        string[] places = ["/run/netns", "/etc/netns", "/sys/class/net"];
        Assert.DoesNotContain(
            places.Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries),
            path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));
    }

    private static List<string> ProcessesOf(string folder) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(static path => int.TryParse(Path.GetFileName(path), out _))
            .Select(static path => CommandLineOf(path))
            .Where(line => line.Contains(folder, StringComparison.Ordinal))];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    // Other beds come and go meanwhile: what counts is what carries this one's number or lies in its folder.
    private static async Task<string[]> MountsOfAsync(BedId id) =>
    [
        .. (await File.ReadAllLinesAsync("/proc/self/mounts", Cancellation))
            .Where(line => line.Contains($"mtasts-{id.Number}-", StringComparison.Ordinal) || line.Contains(id.Folder, StringComparison.Ordinal)),
    ];
}
