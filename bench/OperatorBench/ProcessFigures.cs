using System.Globalization;

namespace MtaSts.Bench;

/// <summary>What the kernel says of a process and of the machine.</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux that .NET runs on

    /// <summary>Highest and present resident memory of a process, in bytes.</summary>
    public static (long Peak, long Resident) MemoryOf(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return (Bytes("VmHWM:"), Bytes("VmRSS:"));

        long Bytes(string field) =>
            long.Parse(status.First(l => l.StartsWith(field, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>When a process began, to ten milliseconds.</summary>
    public static DateTimeOffset StartOf(int process)
    {
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        return DateTimeOffset.UtcNow - TimeSpan.FromSeconds(uptime - (long.Parse(StatOf(process)![19], CultureInfo.InvariantCulture) / TicksPerSecond));
    }

    /// <summary>The load average over one minute.</summary>
    public static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The processor's name and the number of cores.</summary>
    public static string Machine
    {
        get
        {
            var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
            return $"{Environment.ProcessorCount} cores, {model ?? "processor unknown"}";
        }
    }

    /// <summary>
    /// Processor time in seconds of all that this program has started, by the programs' names, with that of their ended children; this
    /// program itself, which plays kubelet and ingress controller, is "bench and players".
    /// </summary>
    public static Dictionary<string, double> ProcessorTimes()
    {
        var parents = new Dictionary<int, (int Parent, string Name, double Own, double Children)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && StatOf(id) is { } fields)
            {
                parents[id] = (Int(fields[1]), NameOf(id), Seconds(fields[11], fields[12]), Seconds(fields[13], fields[14]));
            }
        }

        var times = new Dictionary<string, double>();
        foreach (var (id, process) in parents.Where(p => IsOurs(p.Key)))
        {
            var isSelf = id == Environment.ProcessId;
            Add(isSelf ? "bench and players" : process.Name, process.Own);
            Add(isSelf ? "commands of the players" : process.Name, process.Children);
        }

        return times;

        bool IsOurs(int id)
        {
            for (var at = id; parents.TryGetValue(at, out var process); at = process.Parent)
            {
                if (at == Environment.ProcessId)
                {
                    return true;
                }
            }

            return false;
        }

        void Add(string name, double seconds) => times[name] = times.GetValueOrDefault(name) + seconds;
        static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static double Seconds(string user, string system) => (Int(user) + Int(system)) / TicksPerSecond;
    }

    // The fields from the third on: what stands before is in brackets and may have spaces.
    private static string[]? StatOf(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim();
        }
        catch (IOException)
        {
            return "ended";
        }
    }
}
