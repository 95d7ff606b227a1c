using System.Diagnostics;
using System.Text.Json;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Images;

/// <summary>
/// An image's program in a container by runc, as a cluster's strictest pods have it: the image's user, a root that is read-only, no
/// capabilities, no new privileges, process table and devices of its own. The network is this machine's, so that it can be asked over loopback.
/// </summary>
/// <remarks>
/// runc runs as the first process of a process namespace, in a mount namespace: whatever ends it takes the container with it, mounts
/// included. It makes no control groups, since in that mount namespace they are read-only; so it works where they are not to be had, too.
/// </remarks>
public sealed class ImageContainer : IAsyncDisposable
{
    private const string Script =
        """
        while read -r _ point _; do
          case $point in /sys/fs/cgroup | /sys/fs/cgroup/*) mount -o remount,bind,ro "$point" ;; esac
        done </proc/self/mounts
        exec runc --root "$1/runc" --rootless true run --bundle "$1" program
        """;

    private readonly ChildProcess _process;
    private readonly string _folder;
    private readonly string _program;

    private ImageContainer(ChildProcess process, string folder, string program) => (_process, _folder, _program) = (process, folder, program);

    /// <summary>Where its root is laid out on this machine.</summary>
    public string Root => Path.Combine(_folder, "rootfs");

    /// <summary>Why images cannot be run on this machine, or null when they can.</summary>
    public static string? MissingReason() =>
        !Environment.IsPrivilegedProcess ? "only root can run an image"
        : Command.Find("unshare") is null ? "unshare (util-linux) is not on PATH"
        : Command.Find("runc") is null ? "runc is not on PATH: run script/bootstrap"
        : null;

    /// <summary>Starts the image's program and returns at once.</summary>
    /// <param name="image">What to run.</param>
    /// <param name="folder">A folder that is not there yet, for all that belongs to the container; removed by whoever gave it.</param>
    /// <param name="arguments">Behind those of the image.</param>
    /// <param name="volumes">Folders of this machine, absolute, by where the program sees them; it may only read them.</param>
    public static ImageContainer Start(
        OciArchive image, string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> volumes)
    {
        var root = Path.Combine(folder, "rootfs");
        image.Unpack(root);
        // Before the root is read-only, as container runtimes do it.
        foreach (var target in volumes.Keys.Concat(["/proc", "/dev", "/sys"])) Directory.CreateDirectory(root + target);
        File.WriteAllText(Path.Combine(folder, "config.json"), Configuration(image, folder, arguments, volumes));
        var process = ChildProcess.Start(new ChildProcessOptions(
            "runc",
            "unshare",
            ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-c", Script, "sh", folder],
            folder,
            Path.Combine(folder, "log")));
        return new ImageContainer(process, folder, Path.GetFileName(image.Entrypoint[0]));
    }

    /// <summary>Completes when the probe says true.</summary>
    /// <exception cref="ChildProcessException">The program ended, or the deadline passed; the message has the end of its log.</exception>
    public async Task WaitReadyAsync(Func<Task<bool>> probe, TimeSpan deadline)
    {
        var began = Stopwatch.GetTimestamp();
        // Looked at more often than other programs of the bed: how soon it answers is of interest.
        while (!await probe())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > deadline)
                throw new ChildProcessException($"the container does not answer:{Environment.NewLine}{_process.LogTail()}");
            await Task.Delay(1);
        }
    }

    /// <summary>The program's pid on this machine; null when it does not run.</summary>
    public int? ProgramId => Directory.EnumerateDirectories("/proc")
        .Select(static folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
        .Where(id => id > 0 && Name(id) == _program && ProcessEntry.Read(id)?.StartVariable(PidFiles.MarkVariable) == PidFiles.Mark(_folder))
        .Select(static id => (int?)id)
        .SingleOrDefault();

    /// <summary>What its <c>/proc/PID/status</c> says under a name, such as <c>Uid</c>, blanks between the values.</summary>
    public string Status(string name) => File.ReadLines($"/proc/{ProgramId}/status")
        .Where(line => line.StartsWith(name + ":", StringComparison.Ordinal))
        .Select(line => line[(name.Length + 1)..].Trim().Replace('\t', ' '))
        .Single();

    /// <summary>SIGTERM to the program. Returns its exit code.</summary>
    /// <exception cref="OperationCanceledException">It has not ended after this time.</exception>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        Signals.Send(ProgramId ?? throw new InvalidOperationException("the program does not run"), Signal.Term);
        using var deadline = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends what still runs, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        PidFiles.KillLeftovers(_folder);
        await _process.DisposeAsync();
    }

    private static string Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // Ended meanwhile.
        }
    }

    private static string Configuration(
        OciArchive image, string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> volumes)
    {
        var user = (image.User ?? "0:0").Split(':');
        return JsonSerializer.Serialize(new
        {
            ociVersion = "1.0.2",
            process = new
            {
                user = new { uid = int.Parse(user[0], null), gid = int.Parse(user[1], null) },
                args = image.Entrypoint.Concat(arguments),
                env = new[] { $"{PidFiles.MarkVariable}={PidFiles.Mark(folder)}" },
                cwd = "/",
                noNewPrivileges = true,
                capabilities = new { },
            },
            root = new { path = "rootfs", @readonly = true },
            mounts = new[]
            {
                Mount("/proc", "proc", "proc"),
                Mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                Mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
            }.Concat(volumes.Select(static volume => Mount(volume.Key, "bind", volume.Value, "bind", "ro"))),
            linux = new { namespaces = new[] { "pid", "ipc", "uts", "mount" }.Select(static type => new { type }) },
        });

        static object Mount(string destination, string type, string source, params string[] options) =>
            new { destination, type, source, options };
    }
}
