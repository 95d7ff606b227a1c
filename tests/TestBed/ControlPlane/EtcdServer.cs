using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed;

/// <summary>Starts a single etcd on loopback.</summary>
internal static class EtcdServer
{
    /// <summary>Removes all data of an etcd that does not run.</summary>
    public static void Empty(string folder) => Directory.Delete(DataFolder(folder), recursive: true);

    /// <summary>A URL on loopback that nobody has.</summary>
    public static string NewUrl() => $"http://127.0.0.1:{FreePorts.Next(IPAddress.Loopback)}";

    /// <summary>Starts etcd, on the data that there is, and waits until it is healthy.</summary>
    /// <param name="program">Path of etcd.</param>
    /// <param name="folder">Folder of the control plane, for data and log.</param>
    /// <param name="stateFolder">Folder of the pid files.</param>
    /// <param name="clientUrl">Where its clients find it.</param>
    /// <param name="peerUrl">Where other servers would find it, if there were any.</param>
    /// <param name="deadline">Limit for the start.</param>
    /// <param name="http">Asks whether it is healthy.</param>
    /// <param name="cancellationToken">Ends the wait and the server.</param>
    public static async Task<ChildProcess> StartAsync(
        string program, string folder, string stateFolder, string clientUrl, string peerUrl, TimeSpan deadline, HttpClient http, CancellationToken cancellationToken)
    {
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
            return process;
        }
        catch
        {
            await process.KillAsync();
            throw;
        }
    }

    /// <summary>Forgets every version of every object but the newest one (compaction), as etcd and its API server do by themselves every five minutes.</summary>
    /// <returns>The revision up to which all is forgotten.</returns>
    public static async Task<long> CompactAsync(string clientUrl, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();

        // The gRPC API in JSON: bytes are base64, 64-bit numbers are strings.
        var revision = (string)(await PostAsync("range", """{"key":"AA=="}"""))!["header"]!["revision"]!;
        await PostAsync("compaction", $$"""{"revision":"{{revision}}","physical":true}""");
        return long.Parse(revision, CultureInfo.InvariantCulture);

        async Task<JsonNode?> PostAsync(string what, string body)
        {
            using var content = new StringContent(body);
            using var answer = await http.PostAsync(new Uri($"{clientUrl}/v3/kv/{what}"), content, cancellationToken);
            return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private static string DataFolder(string folder) => Path.Combine(folder, "etcd");
}
