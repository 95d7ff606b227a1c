using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>A bed for tests to kill: with everything in it that could be left behind.</summary>
public static class HeldBed
{
    /// <summary>A file of this name in the bed's folder says that all of it is there.</summary>
    public const string ReadyFile = "held";

    /// <summary>Starts the bed of this number and blocks for ever.</summary>
    public static void Hold(int number) => HoldAsync(number).GetAwaiter().GetResult();

    private static async Task HoldAsync(int number)
    {
        var bed = await Bed.StartAsync(new BedOptions { Number = number }, CancellationToken.None);
        // A daemon leaves the session of its parent, and the death signal does not reach it.
        ChildProcess.Start(new ChildProcessOptions(
            "daemon", "sh", ["-c", "setsid sleep 86399 & exec sleep 86399"], bed.Folder, Path.Combine(bed.Folder, "daemon.log")));
        await Command.OutputAsync("ip", ["netns", "add", $"{bed.Id.NamespacePrefix}left"]);
        await File.WriteAllTextAsync(Path.Combine(bed.Folder, ReadyFile), "");
        await Task.Delay(Timeout.Infinite);
    }
}
