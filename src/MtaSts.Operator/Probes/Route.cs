using System.Net;
using System.Net.Sockets;

namespace MtaSts.Operator.Probes;

/// <summary>
/// Tells whether this machine has a route to an address at all. A cluster without IPv6 must not blame a peer for its IPv6 address.
/// </summary>
internal static class Route
{
    /// <summary>True when the kernel would know where to send a packet. A datagram socket is bound to the peer; nothing is sent.</summary>
    public static bool Exists(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(address, 9)); // any port: nothing is sent
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable
                or SocketError.ProtocolFamilyNotSupported);
        }
    }
}
