using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtaSts.PolicyServer.Tests;

/// <summary>A client that sends bytes as they are told and reads what comes.</summary>
public sealed class Raw : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;

    private Raw(Socket socket) => _socket = socket;

    public static async Task<Raw> ConnectAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(server.Host.Trim('[', ']')), server.Port);
        return new(socket);
    }

    /// <summary>Sends, and returns everything until the server closes.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string request)
    {
        using Raw raw = await ConnectAsync(server);
        await raw.SendAsync(request);
        return await raw.ReadToCloseAsync();
    }

    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.Latin1.GetBytes(text), CancellationToken.None);

    /// <summary>Everything until the server closes; fails when it does not within the deadline.</summary>
    public async Task<string> ReadToCloseAsync()
    {
        var text = new StringBuilder();
        while (await ReadSomeAsync() is { Length: > 0 } some)
            text.Append(some);
        return text.ToString();
    }

    /// <summary>Reads until the text holds this, and returns all that came.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            string some = await ReadSomeAsync();
            Assert.True(some.Length > 0, $"closed after: {text}");
            text.Append(some);
        }

        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadSomeAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            int got = await _socket.ReceiveAsync(buffer, deadline.Token);
            return Encoding.Latin1.GetString(buffer, 0, got);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return ""; // closed, with bytes of ours unread
        }
    }
}
