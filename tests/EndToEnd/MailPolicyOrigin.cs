using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtaSts.EndToEnd;

/// <summary>A plain HTTP server with one answer, which the test changes as it goes: an upstream for the ingress.</summary>
internal sealed class MailPolicyOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    public MailPolicyOrigin(IPAddress address)
    {
        _listener = new TcpListener(address, 0);
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString()!;
        _serving = ServeAsync();
    }

    /// <summary>As <c>ip:port</c>.</summary>
    public string Address { get; }

    /// <summary>The body of every answer.</summary>
    public string Body { get; set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 })
                {
                }

                await stream.WriteAsync(Encoding.Latin1.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"), _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
