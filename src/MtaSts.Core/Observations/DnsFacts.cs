using System.Collections.Immutable;

namespace MtaSts.Core.Observations;

/// <summary>How a DNS server answered one question. A time-out is an outcome, not an exception.</summary>
public enum DnsStatus
{
    /// <summary>At least one record of the asked type, behind CNAMEs or not.</summary>
    Answered,

    /// <summary>The name exists, the type does not (NOERROR with no answer).</summary>
    NoData,

    /// <summary>NXDOMAIN.</summary>
    NoSuchName,

    /// <summary>SERVFAIL; also what a validating resolver says of a bogus DNSSEC chain.</summary>
    ServerFailure,

    /// <summary>REFUSED, or another error code.</summary>
    Refused,

    /// <summary>No answer within the deadline.</summary>
    TimedOut,

    /// <summary>The server could not be reached: connection refused, a broken way, no address, or an address that must not be asked.</summary>
    Unreachable,

    /// <summary>This machine has no route to addresses of that family: nothing is known of the server.</summary>
    NoRoute,

    /// <summary>An answer that does not parse, or a CNAME loop.</summary>
    Malformed,
}

/// <summary>One server's answer to one question.</summary>
/// <param name="Server">Who answered: "ns1.example.net (192.0.2.53)" or the resolver's address.</param>
/// <param name="Status">How.</param>
/// <param name="Records">The records as text: TXT with its strings joined, MX as "preference host", A and AAAA as addresses, NS as host. Host names are lower case, without the final dot.</param>
/// <param name="Aliases">The CNAME targets that were followed, in order; empty when there were none.</param>
/// <param name="TtlSeconds">The smallest TTL of the records, 0 when there are none.</param>
/// <param name="Detail">What the resolver library said, for a failed question.</param>
public sealed record DnsReply(
    string Server, DnsStatus Status, ImmutableArray<string> Records, ImmutableArray<string> Aliases, long TtlSeconds = 0, string? Detail = null)
{
    /// <summary>True when the server gave a definite answer: records, or a definite "there are none".</summary>
    public bool IsDefinite => Status is DnsStatus.Answered or DnsStatus.NoData or DnsStatus.NoSuchName;
}

/// <summary>What a name looks like from everywhere that we ask.</summary>
/// <param name="Name">The name asked, lower case, without the final dot.</param>
/// <param name="Authoritative">A reply for each address of each authoritative server of the zone.</param>
/// <param name="Resolvers">A reply for each configured recursive resolver.</param>
public sealed record DnsView(string Name, ImmutableArray<DnsReply> Authoritative, ImmutableArray<DnsReply> Resolvers)
{
    /// <summary>Every reply, the authoritative ones first.</summary>
    public IEnumerable<DnsReply> All => Authoritative.Concat(Resolvers);
}
