using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MtaSts.Core.Mail;

namespace MtaSts.Core.TlsRpt;

/// <summary>The TXT record at <c>_smtp._tls.DOMAIN</c> (rfc8460#3).</summary>
/// <param name="Rua">Where reports go: <c>mailto:</c> and <c>https:</c> URIs, commas, exclamation marks and semicolons escaped; at least one.</param>
public sealed record TlsRptRecord(ImmutableArray<string> Rua)
{
    /// <summary>What every TLSRPT record begins with.</summary>
    public const string Prefix = "v=TLSRPTv1";

    /// <summary>The longest record that we publish, in characters: it fits, in strings of 255, a DNS answer over UDP with room to spare.</summary>
    public const int CharsMax = 900;

    /// <summary>
    /// A record with these URIs, in their order, each once; commas, exclamation marks and semicolons are escaped. On failure <paramref name="problem"/>
    /// says which URI is wrong and why: only <c>mailto:</c> with a mailbox and <c>https:</c> with a host are taken, in URI characters, so neither
    /// spaces nor quotes nor control characters get into the record.
    /// </summary>
    public static bool TryCreate(IEnumerable<string> uris, [NotNullWhen(true)] out TlsRptRecord? record, out string problem)
    {
        record = null;
        var rua = new List<string>();
        foreach (var uri in uris)
        {
            var escaped = ReportUri.Escape(uri ?? "");
            if (ReportUri.Judge(escaped, out problem) != ReportUriKind.Usable)
            {
                return false;
            }

            if (!rua.Contains(escaped, StringComparer.Ordinal))
            {
                rua.Add(escaped);
            }
        }

        if (rua.Count == 0)
        {
            problem = "there is no URI; write mailto:local-part@domain or https://host/path";
            return false;
        }

        var made = new TlsRptRecord([.. rua]);
        if (made.ToString().Length > CharsMax)
        {
            problem = $"the record would have {made.ToString().Length} characters; at most {CharsMax} are published. Name fewer URIs, the first is {Excerpt.Of(rua[0])}";
            return false;
        }

        record = made;
        problem = "";
        return true;
    }

    /// <summary>The record as we write it.</summary>
    public override string ToString() => $"v=TLSRPTv1; rua={string.Join(',', Rua)}";

    /// <inheritdoc/>
    public bool Equals(TlsRptRecord? other) => other is not null && Rua.SequenceEqual(other.Rua);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
