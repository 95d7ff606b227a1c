using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A BIND of our own on 127.0.0.1 and a free port, with its files in a folder that goes away with it.</summary>
internal sealed class NamedServer : IAsyncDisposable
{
    public const string Zone = "example.test";
    public const string SubZone = "sub.example.test";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private NamedServer(Process process, DirectoryInfo folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    public static string? WhyNot => LocalProgram.Find("named") is null ? "named is not installed (Debian: bind9)"
        : LocalProgram.Find("dig") is null || LocalProgram.Find("nsupdate") is null ? "dig and nsupdate are not installed (Debian: bind9-dnsutils)"
        : null;

    public static async Task<NamedServer> StartAsync(string algorithm, string secret)
    {
        var folder = Directory.CreateTempSubdirectory("mtasts-named-");
        var port = FreePort();
        foreach (var zone in new[] { Zone, SubZone })
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, zone), $"""
                $TTL 300
                @ SOA ns.{zone}. root.{zone}. 1 3600 600 86400 60
                @ NS ns.{zone}.
                ns A 127.0.0.1
                *.wild TXT "v=STSv1; id=wild;"
                *.wild A 192.0.2.99

                """);
        }

        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "named.conf"), $$"""
            options {
              directory "{{folder.FullName}}"; pid-file none; session-keyfile none; managed-keys-directory "{{folder.FullName}}";
              listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; allow-query { any; }; notify no; dnssec-validation no; empty-zones-enable no;
            };
            controls { };
            key "updates" { algorithm {{algorithm}}; secret "{{secret}}"; };
            key "powerless" { algorithm {{algorithm}}; secret "{{secret}}"; };
            zone "{{Zone}}" { type primary; file "{{Zone}}"; allow-update { key updates; }; };
            zone "{{SubZone}}" { type primary; file "{{SubZone}}"; allow-update { key updates; }; };

            """);
        var start = new ProcessStartInfo(LocalProgram.Find("named")!, ["-f", "-c", Path.Combine(folder.FullName, "named.conf"), "-n", "1", "-L", Path.Combine(folder.FullName, "log")]);
        var server = new NamedServer(Process.Start(start)!, folder, port);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What dig prints in its short form, one record a line.</summary>
    public async Task<string[]> DigAsync(string name, string type, params string[] options)
    {
        var output = await LocalProgram.RunAsync("dig", ["@127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "+tcp", "+time=5", "+tries=1", .. options, name, type]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Sends nsupdate's commands, signed.</summary>
    public Task UpdateAsync(string algorithm, string secret, params string[] commands) =>
        LocalProgram.RunAsync("nsupdate", ["-y", $"{algorithm}:updates:{secret}"], $"server 127.0.0.1 {Port}\n{string.Join('\n', commands)}\nsend\n");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if ((await DigAsync(Zone, "SOA", "+short")).Length == 1)
                    return;
            }
            catch (InvalidOperationException) when (!_process.HasExited && deadline.Elapsed < TimeSpan.FromSeconds(30))
            {
            }

            if (_process.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(30))
            {
                var log = Path.Combine(_folder.FullName, "log");
                throw new InvalidOperationException("named does not answer: " + (File.Exists(log) ? await File.ReadAllTextAsync(log) : "no log"));
            }

            await Task.Delay(50);
        }
    }
}
