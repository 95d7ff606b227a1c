using System.Net;
using System.Runtime.InteropServices;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>Starts a single etcd on loopback.</summary>
internal static class EtcdServer
{
    /// <summary>Removes all data of an etcd that does not run.</summary>
    public static void Empty(string folder) => Directory.Delete(DataFolder(folder), recursive: true);

    /// <summary>Starts etcd and waits until it is healthy; returns it with the URL of its clients' side.</summary>
    public static async Task<(ChildProcess Process, string ClientUrl)> StartAsync(
        string program, string folder, string stateFolder, TimeSpan deadline, HttpClient http, CancellationToken cancellationToken)
    {
        var clientUrl = $"http://127.0.0.1:{FreePorts.Next(IPAddress.Loopback)}";
        var peerUrl = $"http://127.0.0.1:{FreePorts.Next(IPAddress.Loopback)}";
        var process = ChildProcess.Start(new ChildProcessOptions(
            "etcd",
            program,
            [
                "--name=bed", $"--data-dir={DataFolder(folder)}",
                $"--listen-client-urls={clientUrl}", $"--advertise-client-urls={clientUrl}",
                $"--listen-peer-urls={peerUrl}", $"--initial-advertise-peer-urls={peerUrl}", $"--initial-cluster=bed={peerUrl}",
                "--unsafe-no-fsync", "--log-level=warn", "--quota-backend-bytes=4294967296",
            ],
            stateFolder,
            Path.Combine(folder, "etcd.log"))
        {
            // etcd 3.4 starts on ARM only when told that nobody tested it there.
            Environment = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
                ? new Dictionary<string, string> { ["ETCD_UNSUPPORTED_ARCH"] = "arm64" }
                : new Dictionary<string, string>(),
        });
        try
        {
            await process.WaitReadyAsync(
                token => HealthProbe.AnswersOkAsync(http, new Uri($"{clientUrl}/health"), token), deadline, cancellationToken);
            return (process, clientUrl);
        }
        catch
        {
            await process.KillAsync();
            throw;
        }
    }

    private static string DataFolder(string folder) => Path.Combine(folder, "etcd");
}
