using System.Collections.Immutable;
using System.Net;
using MtaSts.Operator.Probes;

namespace MtaSts.Operator.Dns;

/// <summary>
/// The addresses at which a provider may be. A provider of the platform may be anywhere; one that a team names must not turn the operator into a client of what only
/// the cluster can reach.
/// </summary>
public sealed class Reach : IEquatable<Reach>
{
    /// <summary>Every address.</summary>
    public static readonly Reach Anywhere = new(null);

    private readonly ImmutableArray<IPNetwork>? _networks;

    private Reach(ImmutableArray<IPNetwork>? networks) => _networks = networks;

    /// <summary>Public addresses, and those of the networks given.</summary>
    public static Reach PublicAnd(ImmutableArray<IPNetwork> networks) => new(networks);

    /// <summary>True when the address may be connected to.</summary>
    public bool Allows(IPAddress address) => _networks is not { } networks || AddressGuard.Allows(address, networks);

    /// <inheritdoc/>
    public bool Equals(Reach? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Reach);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _networks is not { } networks ? "anywhere" : string.Join(' ', ["public", .. networks.Select(n => n.ToString()).Order(StringComparer.Ordinal)]);

    /// <summary>The same reach.</summary>
    public static bool operator ==(Reach? left, Reach? right) => Equals(left, right);

    /// <summary>Another reach.</summary>
    public static bool operator !=(Reach? left, Reach? right) => !Equals(left, right);
}
