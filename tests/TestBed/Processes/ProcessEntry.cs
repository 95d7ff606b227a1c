using System.Globalization;

namespace MtaSts.TestBed.Processes;

/// <summary>What <c>/proc/PID/stat</c> says of a process.</summary>
/// <param name="Id">The pid.</param>
/// <param name="State">One letter; Z is a zombie.</param>
/// <param name="Session">Pid of the session's leader.</param>
/// <param name="StartTime">Clock ticks since boot: with the pid, a name that no other process of this boot has.</param>
internal sealed record ProcessEntry(int Id, char State, int Session, ulong StartTime)
{
    /// <summary>Every process that /proc shows now.</summary>
    public static IEnumerable<ProcessEntry> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) &&
                Read(id) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>The process with this pid, or null when there is none.</summary>
    public static ProcessEntry? Read(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a line of <c>/proc/PID/stat</c>; null when it is cut short (the writer was killed meanwhile).</summary>
    public static ProcessEntry? Parse(string stat)
    {
        // The second field is the program's name in brackets, and may itself have blanks and brackets.
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 0 || close < open) return null;
        var rest = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int session = 3, startTime = 19;
        if (rest.Length <= startTime) return null;
        var culture = CultureInfo.InvariantCulture;
        return new ProcessEntry(
            int.Parse(stat[..open], culture), rest[0][0], int.Parse(rest[session], culture), ulong.Parse(rest[startTime], culture));
    }

    /// <summary>The value of a variable in the environment that the process was started with; null when it has none.</summary>
    public string? StartVariable(string name)
    {
        try
        {
            var prefix = name + "=";
            return File.ReadAllText($"/proc/{Id}/environ").Split('\0')
                .FirstOrDefault(entry => entry.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
