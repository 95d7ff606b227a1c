using System.Runtime.InteropServices;

namespace MtaSts.TestBed.Processes;

/// <summary>The signals that the bed sends, with the numbers that Linux gives them.</summary>
public enum Signal
{
    /// <summary>Reload.</summary>
    Hup = 1,

    /// <summary>End at once.</summary>
    Kill = 9,

    /// <summary>End in good order.</summary>
    Term = 15,

    /// <summary>Go on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Freeze, as a hung process.</summary>
    Stop = 19,
}

internal static partial class Signals
{
    /// <summary>Sends a signal to one process; a process that has gone is no error.</summary>
    public static void Send(int processId, Signal signal)
    {
        // 0, 1 and negative numbers would address groups or init.
        if (processId > 1) _ = Kill(processId, (int)signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
