using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>Stands between the adapter and the server, message by message. A message that becomes null ends the connection.</summary>
internal sealed class DnsProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;

    public DnsProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Func<byte[], byte[]?> OnRequest { get; init; } = request => request;

    public Func<byte[], byte[], byte[]?> OnAnswer { get; init; } = (_, answer) => answer;

    public void Dispose() => _listener.Dispose();

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message);
        return message;
    }

    private static async Task WriteAsync(Stream stream, byte[] message) =>
        await stream.WriteAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message]);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort);
                while (true)
                {
                    var request = await ReadAsync(client.GetStream());
                    if (OnRequest(request) is not { } forwarded)
                        return;
                    await WriteAsync(server.GetStream(), forwarded);
                    if (OnAnswer(request, await ReadAsync(server.GetStream())) is not { } answer)
                        return;
                    await WriteAsync(client.GetStream(), answer);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
            }
        }
    }
}
