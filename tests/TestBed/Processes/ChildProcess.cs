using System.Diagnostics;

namespace MtaSts.TestBed.Processes;

/// <summary>
/// A long-running program that the bed started. It leads a session of its own, so that its descendants can be found; it dies
/// with this program, even after a kill -9; and it has written its pid to the bed's folder before its first instruction.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    // The pid stays the same from the shell to the program: each link replaces itself by the next. The shell looks at its parent
    // after the death signal is armed, so that a parent which died in between is noticed too.
    private const string Prelude =
        """[ "$PPID" = "$1" ] || exit 125; read -r stat </proc/self/stat; printf '%s\n' "$stat" >"$2" || exit 125; log=$3; shift 3; exec "$@" >>"$log" 2>&1 </dev/null""";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(40);

    private readonly Process _process;
    private readonly ChildProcessOptions _options;
    private readonly string _pidFile;

    private ChildProcess(Process process, ChildProcessOptions options, string pidFile)
    {
        _process = process;
        _options = options;
        _pidFile = pidFile;
        Id = process.Id;
    }

    /// <summary>The pid, in the parent's pid namespace. It leads the session (and group) of the same number.</summary>
    public int Id { get; }

    /// <summary>The name given at start.</summary>
    public string Name => _options.Name;

    /// <summary>The file that has the child's output.</summary>
    public string LogFile => _options.LogFile;

    /// <summary>Whether the child itself has ended; descendants may live on.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code, or 128 plus the signal's number; throws while the child runs.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the program and returns at once.</summary>
    /// <exception cref="ChildProcessException">The program, or one of the tools that launch it, does not exist.</exception>
    public static ChildProcess Start(ChildProcessOptions options)
    {
        var pidFile = PidFiles.NewPath(options.StateFolder, options.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(options.LogFile)!);
        var start = new ProcessStartInfo { UseShellExecute = false, WorkingDirectory = options.WorkingDirectory ?? "" };
        string[] inNamespace = options.NetworkNamespace is { } name ? ["ip", "netns", "exec", name] : [];
        string[] launch =
        [
            .. inNamespace,
            "setsid", "setpriv", "--pdeathsig", options.ParentDeathSignal, "--",
            "sh", "-c", Prelude, "sh", $"{System.Environment.ProcessId}", pidFile, options.LogFile,
            options.FileName, .. options.Arguments,
        ];
        start.FileName = launch[0];
        foreach (var argument in launch.Skip(1)) start.ArgumentList.Add(argument);
        if (options.ClearEnvironment)
        {
            foreach (var key in start.Environment.Keys.Where(static key => key is not ("PATH" or "HOME")).ToArray())
                start.Environment.Remove(key);
        }

        foreach (var (key, value) in options.Environment) start.Environment[key] = value;
        start.Environment[PidFiles.MarkVariable] = PidFiles.Mark(options.StateFolder);
        try
        {
            return new ChildProcess(Launcher.Start(start), options, pidFile);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new ChildProcessException($"{options.Name}: cannot start {launch[0]}: {failure.Message}", failure);
        }
    }

    /// <summary>Asks <paramref name="probe"/> again and again until it says true.</summary>
    /// <exception cref="ChildProcessException">The child ended, or the deadline passed; the message has the end of the log.</exception>
    public async Task WaitReadyAsync(
        Func<CancellationToken, Task<bool>> probe, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (HasExited) throw Failed($"ended with code {ExitCode} before it was ready");
            if (await probe(cancellationToken)) return;
            if (Stopwatch.GetElapsedTime(began) > deadline) throw Failed($"was not ready after {deadline.TotalSeconds:0} s");
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Completes when the child has ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Sends a signal to the child alone; nothing happens when it has ended.</summary>
    public void Signal(Signal signal)
    {
        if (!_process.HasExited) Signals.Send(Id, signal);
    }

    /// <summary>
    /// SIGTERM, then after <paramref name="patience"/> (10 s when null) SIGKILL; then SIGKILL to whatever is left of its session.
    /// </summary>
    public async Task StopAsync(TimeSpan? patience = null)
    {
        Signal(Processes.Signal.Term);

        // Looked at, not waited for: a wait that begins in the moment of the end now and then misses it.
        var began = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(began) < (patience ?? TimeSpan.FromSeconds(10))) await Task.Delay(PollInterval);
        Signal(Processes.Signal.Kill);
        await ReapAsync();
    }

    /// <summary>SIGKILL at once, to the child and its session, as a crash would have it.</summary>
    public Task KillAsync()
    {
        Signal(Processes.Signal.Kill);
        return ReapAsync();
    }

    /// <summary>The last lines of the log.</summary>
    public string LogTail(int lines = 30) => Logs.Tail(LogFile, lines);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task ReapAsync()
    {
        await _process.WaitForExitAsync();
        PidFiles.KillSession(Id);
        // Its folder may be gone by now, with all of the bed's.
        if (File.Exists(_pidFile)) File.Delete(_pidFile);
    }

    private ChildProcessException Failed(string what) =>
        new($"{Name} {what}. The end of {LogFile}:{System.Environment.NewLine}{LogTail()}");
}
