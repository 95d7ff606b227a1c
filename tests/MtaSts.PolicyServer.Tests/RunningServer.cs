using Microsoft.Extensions.Logging;
using MtaSts.PolicyServer.CommandLine;
using MtaSts.PolicyServer.Hosting;

namespace MtaSts.PolicyServer.Tests;

/// <summary>The whole server in this process, on free ports, with a volume of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string Document = "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n";
    public const string OtherDocument = "version: STSv1\nmode: testing\nmx: mx.example.net\nmax_age: 86400\n";

    private RunningServer(PolicyServerHost host, PolicyVolume volume, LogLines log) => (Host, Volume, Log) = (host, volume, log);

    public PolicyServerHost Host { get; }

    public PolicyVolume Volume { get; }

    public LogLines Log { get; }

    public Uri Address => Host.Address;

    public static async Task<RunningServer> StartAsync(
        Func<ServerOptions, ServerOptions>? with = null, params (string Domain, string Document)[] files)
    {
        RunningServer server = NotStarted(with, files);
        await server.Host.StartAsync(CancellationToken.None);
        return server;
    }

    public static RunningServer NotStarted(
        Func<ServerOptions, ServerOptions>? with = null, params (string Domain, string Document)[] files)
    {
        var volume = new PolicyVolume();
        volume.Write(files.Length > 0 ? files : [("example.com", Document), ("example.net", OtherDocument)]);
        var options = new ServerOptions
        {
            Policies = volume.Folder,
            Listen = new(System.Net.IPAddress.Loopback, 0),
            HealthListen = new(System.Net.IPAddress.Loopback, 0),
            Poll = TimeSpan.FromMilliseconds(10),
            Drain = TimeSpan.Zero,
        };
        var log = new LogLines();
        return new(new PolicyServerHost(with?.Invoke(options) ?? options, LoggerFactory.Create(b => b.AddProvider(log))), volume, log);
    }

    public async Task<RunningServer> LoadedAsync(int policies = -1)
    {
        await Eventually.TrueAsync(() => policies < 0 ? Host.Store.Current is not null : Host.Store.Current?.Count == policies);
        return this;
    }

    public Task<string> GetAsync(string host = "mta-sts.example.com", string path = "/.well-known/mta-sts.txt", string method = "GET") =>
        Raw.ExchangeAsync(Address, $"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

    public async Task<string> HealthAsync(string path) =>
        await Raw.ExchangeAsync(Host.HealthAddress, $"GET {path} HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n");

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Volume.Dispose();
    }
}

internal static class Eventually
{
    /// <summary>Polls until it holds; fails after 20 s.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Raw.Deadline, "did not come true within the deadline");
            await Task.Delay(5);
        }
    }
}

internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<(int Id, string Text)> _lines = [];

    public IReadOnlyList<(int Id, string Text)> All
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public int Count(int id) => All.Count(l => l.Id == id);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add((eventId.Id, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
