using System.Collections.Immutable;
using System.Net;

namespace MtaSts.Operator.Probes;

/// <summary>The resolvers that the machine is configured to use.</summary>
internal static class SystemResolvers
{
    private const string Configuration = "/etc/resolv.conf";
    private const int ResolversMax = 3; // resolv.conf(5): MAXNS
    private const int Port = 53;

    /// <summary>How replies name a resolver: its address, and the port where it is an odd one.</summary>
    public static string Name(IPEndPoint resolver) => resolver.Port == Port ? resolver.Address.ToString() : resolver.ToString();

    /// <summary>Those of resolv.conf, the first three; the local one where there are none (resolv.conf(5)).</summary>
    public static ImmutableArray<IPEndPoint> Read()
    {
        try
        {
            return Parse(File.ReadLines(Configuration));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse([]);
        }
    }

    /// <summary>Reads the lines of a resolv.conf.</summary>
    public static ImmutableArray<IPEndPoint> Parse(IEnumerable<string> lines)
    {
        ImmutableArray<IPEndPoint> found =
        [
            .. lines
                .Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Where(w => w is ["nameserver", _, ..])
                .Select(w => IPAddress.TryParse(w[1], out var address) ? new IPEndPoint(address, Port) : null)
                .OfType<IPEndPoint>()
                .Take(ResolversMax),
        ];
        return found.IsEmpty ? [new IPEndPoint(IPAddress.Loopback, Port)] : found;
    }
}
