using System.Collections.Immutable;

namespace MtaSts.Core.TlsRpt;

/// <summary>The TXT record at <c>_smtp._tls.DOMAIN</c> (rfc8460#3).</summary>
/// <param name="Rua">Where reports go: <c>mailto:</c> and <c>https:</c> URIs, commas, exclamation marks and semicolons escaped; at least one.</param>
public sealed record TlsRptRecord(ImmutableArray<string> Rua)
{
    /// <summary>What every TLSRPT record begins with.</summary>
    public const string Prefix = "v=TLSRPTv1";

    /// <summary>The record as we write it.</summary>
    public override string ToString() => $"v=TLSRPTv1; rua={string.Join(',', Rua)}";

    /// <inheritdoc/>
    public bool Equals(TlsRptRecord? other) => other is not null && Rua.SequenceEqual(other.Rua);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
