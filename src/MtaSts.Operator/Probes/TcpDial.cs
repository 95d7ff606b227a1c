using System.Net;
using System.Net.Sockets;

namespace MtaSts.Operator.Probes;

/// <summary>Connects to an address, never to a name.</summary>
internal static class TcpDial
{
    /// <summary>The connection as a stream, or what kept it from being made.</summary>
    /// <exception cref="OperationCanceledException">The deadline passed, or the caller left.</exception>
    public static async Task<(NetworkStream? Stream, SocketError Error)> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var (socket, error) = await TryAsync(address, port, cancellationToken);
        return (socket is null ? null : new NetworkStream(socket, ownsSocket: true), error);
    }

    /// <summary>The connection, or what kept it from being made.</summary>
    /// <exception cref="OperationCanceledException">The deadline passed, or the caller left.</exception>
    public static async Task<(Socket? Socket, SocketError Error)> TryAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return (socket, SocketError.Success);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return (null, e.SocketErrorCode);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
