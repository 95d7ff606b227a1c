using System.Net;
using System.Net.Sockets;
using MtaSts.Core.Observations;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Dns;

/// <summary>Every address of a provider's server is out of reach.</summary>
/// <param name="fault">The same as a value.</param>
internal sealed class OutOfReachException(ProviderFault fault) : Exception(fault.Message)
{
    public ProviderFault Fault => fault;
}

/// <summary>Connects to a provider's server.</summary>
internal static class ProviderDial
{
    /// <summary>
    /// A connection to the first address within reach that takes one. The name is looked up here and nowhere else, so that no second answer can lead to an address that
    /// was not checked.
    /// </summary>
    /// <exception cref="SocketException">There is no such host, or none of its addresses takes the connection.</exception>
    /// <exception cref="OutOfReachException">None of its addresses may be connected to.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, Reach reach, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await System.Net.Dns.GetHostAddressesAsync(host, cancellationToken);
        var error = SocketError.HostNotFound;
        foreach (var address in addresses.Where(reach.Allows))
        {
            (var socket, error) = await TcpDial.TryAsync(address, port, cancellationToken);
            if (socket is not null)
            {
                return socket;
            }
        }

        // The address is not said: a name that only the cluster's own DNS knows is nothing to tell a team about.
        throw addresses.Length > 0 && !addresses.Any(reach.Allows)
            ? new OutOfReachException(new ProviderFault(
                Reason.AddressRefused,
                $"{host} is at no address that the class lets a provider of a namespace use; use one with a public address, or ask the platform team",
                Transient: false))
            : new SocketException((int)error);
    }
}
