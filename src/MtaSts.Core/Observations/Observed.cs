using System.Collections.Immutable;
using MtaSts.Core.Desired;

namespace MtaSts.Core.Observations;

/// <summary>Everything that was seen of one domain in one round: raw facts; what they mean is judged in one place, never by the probes.</summary>
public sealed record Observed
{
    /// <summary>When the round ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The policy host and the fetches from it.</summary>
    public required PolicyView Policy { get; init; }

    /// <summary>The name <c>_mta-sts.DOMAIN</c>, TXT.</summary>
    public required DnsView StsTxt { get; init; }

    /// <summary>The name <c>_smtp._tls.DOMAIN</c>, TXT.</summary>
    public required DnsView TlsRptTxt { get; init; }

    /// <summary>The mail servers.</summary>
    public required MxView Mx { get; init; }

    /// <summary>The authoritative view of each record set that the operator writes, and of the companion that says who owns it; keyed by name and type.</summary>
    public required ImmutableDictionary<RecordKey, DnsView> Records { get; init; }
}
