using System.Collections.Immutable;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Sts;

/// <summary>A policy (rfc8461#3.2).</summary>
/// <param name="Mode">Its mode.</param>
/// <param name="Mx">Its mx patterns in the order of the document; may be empty only with mode none.</param>
/// <param name="MaxAgeSeconds">0 to 31557600.</param>
public sealed record StsPolicy(StsMode Mode, ImmutableArray<MxPattern> Mx, long MaxAgeSeconds)
{
    /// <summary>What the version field says.</summary>
    public const string Version = "STSv1";

    /// <summary>The longest max_age (rfc8461#3.2): a year of 365.25 days.</summary>
    public const long MaxAgeSecondsMax = 31_557_600;

    /// <summary>Shortest max_age that strict senders take: a day.</summary>
    public const long MaxAgeSecondsStrictMin = 86_400;

    /// <summary>Longest max_age that strict senders take: they read the RFC's bound as exclusive.</summary>
    public const long MaxAgeSecondsStrictMax = MaxAgeSecondsMax - 1;

    /// <inheritdoc/>
    public bool Equals(StsPolicy? other) =>
        other is not null && Mode == other.Mode && MaxAgeSeconds == other.MaxAgeSeconds && Mx.SequenceEqual(other.Mx);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, MaxAgeSeconds, Mx.Length);
}
