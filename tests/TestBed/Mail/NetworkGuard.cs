using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// Takes a network down when this program is killed. A death signal alone does not do: the kernel takes it away from a process
/// that changes its user, as Postfix's master does. The guard gets SIGTERM instead, ends every process in the namespaces of
/// this network, and removes them.
/// </summary>
internal sealed class NetworkGuard : IAsyncDisposable
{
    private const string Script =
        """
        spaces() { for path in "/run/netns/$1-mail" "/run/netns/$1-sender" "/run/netns/$1-pod"*; do [ -e "$path" ] && echo "${path##*/}"; done; }
        clean() {
          trap '' TERM
          kill "$idle"
          for round in 1 2 3 4 5; do
            for name in $(spaces "$1"); do ip netns pids "$name" | while read -r member; do kill -KILL "$member"; done; done
          done
          for name in $(spaces "$1"); do ip netns del "$name"; rm -rf "/etc/netns/$name"; done
          exit 0
        }
        trap 'clean "$1"' TERM
        sleep infinity &
        idle=$!
        echo ready
        wait
        """;

    private readonly ChildProcess _process;

    private NetworkGuard(ChildProcess process) => _process = process;

    /// <summary>The guard itself.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts the guard of a network.</summary>
    public static async Task<NetworkGuard> StartAsync(AddressPlan plan, string stateFolder, CancellationToken cancellationToken)
    {
        var log = Path.Combine(stateFolder, "guard.log");
        var process = ChildProcess.Start(new ChildProcessOptions(
            "guard", "sh", ["-c", Script, "sh", plan.NamePrefix], stateFolder, log)
        { ParentDeathSignal = "TERM" });
        await process.WaitReadyAsync(
            async token => (await LogFile.LinesAsync(log, token)).Contains("ready"), Deadlines.Start, cancellationToken);
        return new NetworkGuard(process);
    }

    /// <summary>Ends the guard and leaves the network alone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }
}
