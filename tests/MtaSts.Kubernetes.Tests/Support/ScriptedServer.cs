using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using k8s;

namespace MtaSts.Kubernetes.Tests;

/// <summary>
/// A peer that speaks HTTP byte by byte: each request gets the next step of the script; after the last step requests hang. One request per
/// connection, so that a body can end anywhere.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Func<ScriptedExchange, Task>> _steps;
    private readonly ConcurrentQueue<ScriptedExchange> _requests = new();
    private readonly Task _accepting;
    private readonly TimeProvider _time;

    public ScriptedServer(TimeProvider? time, params Func<ScriptedExchange, Task>[] steps)
    {
        _time = time ?? TimeProvider.System;
        _steps = new(steps);
        _listener.Start();
        _accepting = AcceptAsync();
        Client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = $"http://{_listener.LocalEndpoint}" });
    }

    public k8s.Kubernetes Client { get; }

    public ApiClient Api => new(Client, _time);

    public IReadOnlyList<ScriptedExchange> Requests => [.. _requests];

    public static Func<ScriptedExchange, Task> Reply(int code, string body, params string[] headers) =>
        exchange => exchange.RespondAsync(code, body, headers);

    /// <summary>A whole list on one page.</summary>
    public static Func<ScriptedExchange, Task> List(string version, params string[] items) => Page(version, null, items);

    public static Func<ScriptedExchange, Task> Page(string version, string? next, params string[] items) => Reply(200,
        $$"""{"metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""");

    /// <summary>A watch that sends lines and ends in order.</summary>
    public static Func<ScriptedExchange, Task> Watch(params string[] lines) => async exchange =>
    {
        await exchange.StartAsync(200);
        foreach (var line in lines)
            await exchange.SendAsync(line + "\n");
    };

    /// <summary>A watch that sends lines and then keeps silent without closing.</summary>
    public static Func<ScriptedExchange, Task> WatchThenHang(params string[] lines) => async exchange =>
    {
        await Watch(lines)(exchange);
        await exchange.HangAsync();
    };

    public static string Item(string name, string version, int size = 0, string? uid = null) => $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{uid ?? name}}}","resourceVersion":"{{{version}}}"},"spec":{"size":{{{size}}}}}
        """.Trim();

    public static string Poison(string name, string version) => $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{name}}}","resourceVersion":"{{{version}}}"},"spec":{"size":"large"}}
        """.Trim();

    public static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""";

    public static string Bookmark(string version) =>
        Event("BOOKMARK", $$$"""{"metadata":{"resourceVersion":"{{{version}}}"}}""");

    public static string Gone() =>
        Event("ERROR", """{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}""");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Client.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped; which of them it is depends on where the stop met it.
        }
    }

    private async Task ServeAsync(TcpClient socket)
    {
        using (socket)
        {
            try
            {
                var exchange = await ScriptedExchange.ReadAsync(socket.GetStream(), _time.GetUtcNow(), _stop.Token);
                _requests.Enqueue(exchange);
                if (_steps.TryDequeue(out var step))
                    await step(exchange);
                else
                    await exchange.HangAsync();
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }
}

/// <summary>One request and the way to answer it.</summary>
internal sealed class ScriptedExchange(
    NetworkStream stream, string method, string path, System.Collections.Specialized.NameValueCollection query, string body,
    DateTimeOffset at, CancellationToken stop)
{
    public string Method => method;

    public string Path => path;

    public System.Collections.Specialized.NameValueCollection Query => query;

    public JsonNode? Body => body.Length == 0 ? null : JsonNode.Parse(body);

    public DateTimeOffset At => at;

    public bool IsWatch => query["watch"] == "true";

    public static async Task<ScriptedExchange> ReadAsync(NetworkStream stream, DateTimeOffset at, CancellationToken stop)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stop);
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n");
        var target = lines[0].Split(' ');
        var length = lines.Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(l => int.Parse(l[15..].Trim(), System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
        var content = new byte[length];
        await stream.ReadExactlyAsync(content, stop);
        var parts = target[1].Split('?', 2);
        return new ScriptedExchange(stream, target[0], parts[0], HttpUtility.ParseQueryString(parts.ElementAtOrDefault(1) ?? ""),
            Encoding.UTF8.GetString(content), at, stop);
    }

    public Task StartAsync(int code, params string[] headers) => SendAsync(
        $"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    public async Task RespondAsync(int code, string content, params string[] headers)
    {
        await StartAsync(code, headers);
        await SendAsync(content);
    }

    public async Task SendAsync(string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        await stream.FlushAsync(stop);
    }

    public Task HangAsync() => Task.Delay(Timeout.Infinite, stop);
}
