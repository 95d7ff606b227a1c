using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>Stands between an adapter and its server, counts the messages that write, and lets another writer in right before the first of them.</summary>
/// <param name="beforeFirst">The other writer.</param>
public sealed class WriteWatch(Func<Task> beforeFirst) : IDisposable
{
    private readonly List<TcpListener> _listeners = [];
    private int _writes;

    /// <summary>Messages that write.</summary>
    public int Writes => _writes;

    /// <summary>Listens before a server of dynamic updates.</summary>
    /// <returns>The port to use in the place of the server's.</returns>
    public int BeforeDns(int port) => Before(port, static chunk => chunk.Length > 4 && (chunk[4] >> 3 & 0xF) == 5); // rfc2136#2.2, behind the length

    /// <summary>Listens before an HTTP server without TLS.</summary>
    /// <returns>The address to use in the place of the server's.</returns>
    public Uri BeforeHttp(Uri address) => new UriBuilder(address) { Port = Before(address.Port, static chunk => IsWrite(Encoding.Latin1.GetString(chunk))) }.Uri;

    /// <summary>A handler that does the same inside of a client.</summary>
    public DelegatingHandler Handler() => new Seeing(this);

    /// <inheritdoc/>
    public void Dispose() => _listeners.ForEach(l => l.Dispose());

    // external-dns's adjustendpoints is a question.
    private static bool IsWrite(string start) =>
        new[] { "POST ", "PUT ", "PATCH ", "DELETE " }.Any(method => start.StartsWith(method, StringComparison.Ordinal))
        && !start.Contains("adjustendpoints", StringComparison.Ordinal);

    private int Before(int port, Func<byte[], bool> isWrite)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        _ = AcceptAsync(listener, port, isWrite);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AcceptAsync(TcpListener listener, int port, Func<byte[], bool> isWrite)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(), port, isWrite);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, int port, Func<byte[], bool> isWrite)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port);
                var answers = server.GetStream().CopyToAsync(client.GetStream());
                var buffer = new byte[64 * 1024];
                while (await client.GetStream().ReadAsync(buffer) is var count and > 0)
                {
                    if (isWrite(buffer[..count])) await SeeAsync();
                    await server.GetStream().WriteAsync(buffer.AsMemory(0, count));
                }

                server.Client.Shutdown(SocketShutdown.Send);
                await answers;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
            }
        }
    }

    private async Task SeeAsync()
    {
        if (Interlocked.Increment(ref _writes) == 1) await beforeFirst();
    }

    private sealed class Seeing(WriteWatch watch) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get) await watch.SeeAsync();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
