using System.Globalization;
using System.Net;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Dns;

/// <summary>Where an authoritative name server of a test listens and keeps its files.</summary>
/// <param name="Address">The only address that it listens on.</param>
/// <param name="Port">The port, for UDP and TCP.</param>
/// <param name="Folder">Its configuration, data and logs; exists, and is its own.</param>
/// <param name="StateFolder">The folder whose pid files name its process.</param>
/// <param name="NetworkNamespace">The network namespace that it runs in; null for this program's.</param>
public sealed record DaemonPlace(IPAddress Address, int Port, string Folder, string StateFolder, string? NetworkNamespace = null)
{
    /// <summary>A zone as the tests want it: its server is <c>ns.ZONE</c> at the address.</summary>
    /// <param name="zone">The apex, without a dot at its end.</param>
    /// <param name="ttl">The TTL of all of its records, in seconds.</param>
    /// <param name="records">Further lines of the zone file.</param>
    public string ZoneFile(string zone, int ttl, params IEnumerable<object> records) => $"""
        $ORIGIN {zone}.
        $TTL {ttl}
        @ SOA ns.{zone}. root.{zone}. 1 3600 600 86400 {Math.Min(ttl, 60)}
        @ NS ns.{zone}.
        ns A {Address}
        {string.Join('\n', records)}

        """;

    /// <summary>What a program finds on the path, or why not.</summary>
    internal static string? Missing(string program, string package) =>
        Command.Find(program) is null ? $"{program} is not installed (Debian: {package})" : null;

    internal ChildProcess Start(string name, string program, params IReadOnlyList<string> arguments) => ChildProcess.Start(
        new ChildProcessOptions(name, program, arguments, StateFolder, Path.Combine(Folder, "output.log")) { NetworkNamespace = NetworkNamespace });

    /// <summary>Waits until the server speaks for each zone.</summary>
    /// <exception cref="ChildProcessException">It ended, or did not in half a minute; the message has the end of its log.</exception>
    internal Task WaitAsync(ChildProcess process, IEnumerable<string> zones, CancellationToken cancellationToken) => process.WaitReadyAsync(
        async token =>
        {
            foreach (var zone in zones)
            {
                var answer = await Command.RunAsync(
                    "dig", [$"@{Address}", "-p", Port.ToString(CultureInfo.InvariantCulture), "+norec", "+time=1", "+tries=1", "+noall", "+comments", zone, "SOA"],
                    cancellationToken: token);
                if (!answer.Output.Contains("status: NOERROR", StringComparison.Ordinal) || !answer.Output.Contains("flags: qr aa", StringComparison.Ordinal))
                    return false;
            }

            return true;
        },
        Deadlines.Start, cancellationToken);
}
