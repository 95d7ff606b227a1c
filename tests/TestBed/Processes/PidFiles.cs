namespace MtaSts.TestBed.Processes;

/// <summary>
/// The pids that a bed has started, as files in its folder, so that the next start can end what a killed bed left. A process is
/// ended only when it is surely ours: same pid and same start time in this boot, or it carries the mark of this very folder in its
/// environment, or it belongs to the session of such a process.
/// </summary>
public static class PidFiles
{
    /// <summary>Every child carries this variable; its value names the bed's folder and the boot.</summary>
    public const string MarkVariable = "MTASTS_BED_MARK";

    private static readonly string BootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
    private static int _counter;

    /// <summary>The value of <see cref="MarkVariable"/> for a bed's folder.</summary>
    public static string Mark(string stateFolder) => $"{Path.GetFullPath(stateFolder)}:{BootId}";

    /// <summary>
    /// Ends every process that an earlier bed with this folder left behind, those of its parts (the folders in it) too; returns how many
    /// there were.
    /// </summary>
    public static int KillLeftovers(string stateFolder)
    {
        var ours = new HashSet<(int Id, ulong StartTime)>();
        stateFolder = Path.GetFullPath(stateFolder);
        var folders = FoldersIn(stateFolder);
        foreach (var file in folders.SelectMany(static folder => Directory.EnumerateFiles(folder, $"*.{BootId}")))
        {
            if (ProcessEntry.Parse(File.ReadAllText(file)) is { } entry) ours.Add((entry.Id, entry.StartTime));
        }

        var killed = 0;
        // Again until nothing is found: a process may fork while we look.
        for (var round = 0; round < 50; round++)
        {
            var alive = ProcessEntry.All().Where(static entry => entry.State != 'Z').ToDictionary(static entry => entry.Id);
            var leftovers = alive.Values.Where(entry => entry.Id != Environment.ProcessId && IsOurs(entry, alive)).ToList();
            if (leftovers.Count == 0) break;
            if (round == 0) killed = leftovers.Count;
            foreach (var entry in leftovers) Signals.Send(entry.Id, Signal.Kill);
            Thread.Sleep(20);
        }

        folders.ForEach(static folder => Directory.Delete(folder, recursive: true));
        return killed;

        bool IsOurs(ProcessEntry entry, Dictionary<int, ProcessEntry> alive) =>
            ours.Contains((entry.Id, entry.StartTime)) ||
            (alive.TryGetValue(entry.Session, out var leader) && ours.Contains((leader.Id, leader.StartTime))) ||
            // The kernel gives no new process the number of a session that still has members: a session without a leader
            // that has one of our numbers, and began later than ours, is ours.
            (!alive.ContainsKey(entry.Session) && ours.Any(own => own.Id == entry.Session && own.StartTime <= entry.StartTime)) ||
            (entry.StartVariable(MarkVariable) is { } mark && IsMarkOf(stateFolder, mark));
    }

    internal static string NewPath(string stateFolder, string name)
    {
        Directory.CreateDirectory(Folder(stateFolder));
        return Path.Combine(Folder(stateFolder), $"{name}-{Interlocked.Increment(ref _counter)}.{BootId}");
    }

    /// <summary>SIGKILL to every member of a session whose leader (our child, reaped just now) has ended.</summary>
    internal static void KillSession(int session)
    {
        for (var round = 0; round < 50; round++)
        {
            var members = ProcessEntry.All().Where(entry => entry.Session == session && entry.State != 'Z').ToList();
            if (members.Count == 0) return;
            foreach (var member in members) Signals.Send(member.Id, Signal.Kill);
            Thread.Sleep(10);
        }
    }

    private static bool IsMarkOf(string stateFolder, string mark) =>
        mark == Mark(stateFolder) ||
        (mark.StartsWith(stateFolder + "/", StringComparison.Ordinal) && mark.EndsWith(":" + BootId, StringComparison.Ordinal));

    private static List<string> FoldersIn(string stateFolder) => Directory.Exists(stateFolder)
        ? [.. Directory.EnumerateDirectories(stateFolder).Prepend(stateFolder).Select(Folder).Where(Directory.Exists)]
        : [];

    private static string Folder(string stateFolder) => Path.Combine(stateFolder, "pids");
}
