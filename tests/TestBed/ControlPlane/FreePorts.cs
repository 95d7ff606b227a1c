using System.Net;
using System.Net.Sockets;

namespace MtaSts.TestBed;

/// <summary>Finds TCP ports that nobody listens on.</summary>
public static class FreePorts
{
    // Below the range that Linux takes the ports of outgoing connections from (32768 and up), so that a server which is stopped
    // for a while finds its port free again.
    private const int Low = 20_000;
    private const int High = 32_000;
    private const int Attempts = 200;

    /// <summary>A port that was free on this address a moment ago.</summary>
    public static int Next(IPAddress address)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(Low, High);
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }

        throw new IOException($"no free port on {address} between {Low} and {High}");
    }
}
