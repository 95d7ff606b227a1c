using System.Collections.Immutable;
using System.Net;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Reads networks in CIDR notation.</summary>
internal static class NetworkReader
{
    /// <summary>The networks that are right; each that is not becomes a problem.</summary>
    public static ImmutableArray<IPNetwork> Read(string path, IReadOnlyList<string> values, Problems problems)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        for (var i = 0; i < values.Count; i++)
        {
            // The platform masks the bits behind the prefix; whoever wrote them may have meant another network.
            if (IPNetwork.TryParse(values[i], out var network)
                && IPAddress.TryParse(values[i].AsSpan(0, values[i].IndexOf('/', StringComparison.Ordinal)), out var written)
                && written.Equals(network.BaseAddress))
            {
                networks.Add(network);
            }
            else
            {
                problems.Add($"{path}[{i}]", $"is {Problems.Show(values[i])}", "write a network such as 10.0.0.0/8, all bits behind the prefix zero");
            }
        }

        return networks.ToImmutable();
    }
}
