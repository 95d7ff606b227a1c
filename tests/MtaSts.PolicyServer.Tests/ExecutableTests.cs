using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MtaSts.PolicyServer.Tests;

/// <summary>The published program itself, as its container runs it.</summary>
public sealed partial class ExecutableTests
{
    private const string Get = "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\n";

    [Theory]
    [InlineData("--help", 0, "usage: policy-server")]
    [InlineData("--version", 0, "policy-server ")]
    [InlineData("--nope", 2, "policy-server: --nope is not an option")]
    [InlineData("--poll=x", 2, "policy-server: --poll is 'x', but wants")]
    public async Task It_says_what_it_is_and_what_is_wrong(string argument, int exit, string says)
    {
        using Process process = Start(argument);

        string said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Contains(says, said);
        Assert.Equal(exit, process.ExitCode);
    }

    [Fact]
    public async Task A_taken_port_is_said_and_exits_with_1()
    {
        using var volume = new PolicyVolume();
        await using Server first = await Server.StartAsync(volume);
        using Process second = Start("--policies", volume.Folder, "--listen", first.Address.Authority, "--health-listen", "127.0.0.1:0");

        string said = await second.StandardOutput.ReadToEndAsync();
        await second.WaitForExitAsync();

        Assert.Contains("cannot start: ", said);
        Assert.Equal(1, second.ExitCode);
    }

    [Fact]
    public async Task It_serves_swaps_and_stops_with_0()
    {
        using var volume = new PolicyVolume();
        volume.Write(("example.com", RunningServer.Document));
        await using Server server = await Server.StartAsync(volume, "--drain", "0");

        await Eventually.TrueAsync(() => server.Answer().Result.EndsWith(RunningServer.Document, StringComparison.Ordinal));
        volume.Write(("example.com", RunningServer.OtherDocument));
        await Eventually.TrueAsync(() => server.Answer().Result.EndsWith(RunningServer.OtherDocument, StringComparison.Ordinal));

        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task After_SIGTERM_it_is_not_ready_answers_on_and_asks_clients_to_leave()
    {
        using var volume = new PolicyVolume();
        volume.Write(("example.com", RunningServer.Document));
        await using Server server = await Server.StartAsync(volume, "--drain", "3600");
        await Eventually.TrueAsync(() => server.Health("/readyz").Result.Contains("200 OK", StringComparison.Ordinal));
        using Raw kept = await Raw.ConnectAsync(server.Address);
        await kept.SendAsync(Get + "\r\n");
        Assert.DoesNotContain("Connection: close", await kept.ReadUntilAsync(RunningServer.Document));

        server.Signal("TERM");
        await Eventually.TrueAsync(() => server.Health("/readyz").Result.Contains("503 ", StringComparison.Ordinal));

        Assert.Contains("200 OK", await server.Health("/healthz"));
        Assert.EndsWith(RunningServer.Document, await server.Answer()); // a new connection
        await kept.SendAsync(Get + "\r\n");
        string last = await kept.ReadToCloseAsync();
        Assert.Contains("\r\nConnection: close\r\n", last);
        Assert.EndsWith(RunningServer.Document, last);

        Assert.Equal(0, await server.StopAsync()); // the second signal ends the hour of waiting
    }

    private static Process Start(params string[] arguments)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Operator.sln")))
            root = Path.GetDirectoryName(root);
        string program = Path.Combine(root ?? "", "artifacts", "bin", "policy-server");
        Assert.SkipUnless(File.Exists(program), "artifacts/bin/policy-server is not there: run script/build first");

        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private sealed partial class Server : IAsyncDisposable
    {
        private readonly Process _process;

        private Server(Process process, Uri address, Uri health) => (_process, Address, HealthAddress) = (process, address, health);

        public Uri Address { get; }

        private Uri HealthAddress { get; }

        public static async Task<Server> StartAsync(PolicyVolume volume, params string[] more)
        {
            Process process = Start(["--policies", volume.Folder, "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0", "--poll", "0.02", .. more]);
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (Listening().Match(line) is not { Success: true } match)
                    continue;
                _ = process.StandardOutput.ReadToEndAsync(); // keeps the pipe from filling
                return new(process, new Uri(match.Groups[1].Value), new Uri(match.Groups[2].Value));
            }

            throw new InvalidOperationException("the server ended before it listened");
        }

        public Task<string> Answer() => Raw.ExchangeAsync(Address, Get + "Connection: close\r\n\r\n");

        public Task<string> Health(string path) => Raw.ExchangeAsync(HealthAddress, $"GET {path} HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n");

        public void Signal(string name)
        {
            using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        public async Task<int> StopAsync()
        {
            Signal("TERM");
            using var deadline = new CancellationTokenSource(Raw.Deadline);
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
                _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        [GeneratedRegex(@"served at (\S+), health and metrics at (\S+)")]
        private static partial Regex Listening();
    }
}
