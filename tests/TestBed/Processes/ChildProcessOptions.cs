namespace MtaSts.TestBed.Processes;

/// <summary>What to run, and where its output goes.</summary>
/// <param name="Name">Short name for messages and for the pid file; letters, digits, dots and dashes.</param>
/// <param name="FileName">The program: an absolute path, or a name to be found on PATH.</param>
/// <param name="Arguments">Its arguments, each passed as it is.</param>
/// <param name="StateFolder">The folder of the bed. Pid files go to its <c>pids</c> folder, for the clean-up after a killed bed.</param>
/// <param name="LogFile">Standard output and error are appended to this file by the child itself.</param>
public sealed record ChildProcessOptions(
    string Name, string FileName, IReadOnlyList<string> Arguments, string StateFolder, string LogFile)
{
    /// <summary>Variables set on top of the parent's (or of an empty) environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>When set, the child inherits only PATH and HOME.</summary>
    public bool ClearEnvironment { get; init; }

    /// <summary>Folder that the child starts in; the parent's when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Name of the network namespace (as <c>ip netns</c> knows it) that the child runs in; the parent's when null.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>
    /// Name of the signal that the child gets when this program dies. TERM suits masters which take their workers down with
    /// them (nginx, Postfix); KILL suits a program without children.
    /// </summary>
    public string ParentDeathSignal { get; init; } = "KILL";
}
