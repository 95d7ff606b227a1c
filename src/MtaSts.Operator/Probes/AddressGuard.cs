using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace MtaSts.Operator.Probes;

/// <summary>
/// Refuses addresses that are not global unicast, so that a manifest or a zone does not become a scanner of the platform's own network.
/// Probes connect to the address that was checked and never look the name up again.
/// </summary>
public static class AddressGuard
{
    // IANA IPv4 and IPv6 Special-Purpose Address Registries, with multicast and the reserved class.
    private static readonly ImmutableArray<IPNetwork> Special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // All of IPv6 outside 2000::/3 is not global unicast (loopback, unique local, link local, multicast, segment routing, discard, ...).
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    private static readonly ImmutableArray<IPNetwork> Special6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "3fff::/20" }.Select(IPNetwork.Parse)];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96"); // rfc6052#2.1
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16"); // rfc3056#2

    /// <summary>True when the address may be connected to: it is global unicast, or in an allowed network. An IPv4 address inside an IPv6 one is judged itself.</summary>
    public static bool Allows(IPAddress address, ImmutableArray<IPNetwork> allowed)
    {
        // rfc4291#2.5.5.2: a mapped address is the IPv4 address. A scope id would keep a network from containing the address.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
        return allowed.Any(n => n.BaseAddress.AddressFamily == plain.AddressFamily && n.Contains(plain))
            || (Embedded(plain) is { } inner ? Allows(inner, allowed) : IsGlobal(plain));
    }

    private static bool IsGlobal(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Special4.Any(n => n.Contains(address)),
        AddressFamily.InterNetworkV6 => Global6.Contains(address) && !Special6.Any(n => n.Contains(address)),
        _ => false,
    };

    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : null;
    }
}
