using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns.Rfc2136;

/// <summary>What the server's codes mean to us, in words that say what to look at.</summary>
internal static class Rfc2136Faults
{
    public static ProviderFault Unavailable(Rfc2136Options options, string why) =>
        new(Reason.ProviderUnavailable, $"{options.Server} {why}", Transient: true);

    /// <summary>The fault of a message whose code is an error or whose signature is not what it must be; null: believe it.</summary>
    public static ProviderFault? OfSignature(Rfc2136Options options, WireMessage message, TsigState state, int error)
    {
        if (options.Key is not { } key)
            return null;
        var words = error switch
        {
            DnsNumbers.BadKey => $"does not know the key {key} (BADKEY); look at its name and algorithm on both sides",
            DnsNumbers.BadSig => $"rejects the signature of key {key} (BADSIG); the secrets on both sides differ",
            DnsNumbers.BadTime => $"rejects the time of our signature with key {key} (BADTIME); the clocks differ by more than 5 minutes",
            _ => null,
        };
        if (words is not null)
            return Credentials(options, words);

        // An unsigned error is believed, since nothing is done about it; an unsigned or wrongly signed yes, no or conflict is not.
        var isDecisive = message.ReturnCode is DnsNumbers.NoError or DnsNumbers.NxDomain
            or DnsNumbers.YxDomain or DnsNumbers.YxRrset or DnsNumbers.NxRrset;
        return state != TsigState.Valid && isDecisive
            ? Credentials(options, $"answered without a valid signature of key {key}; another server answers there, or the secrets differ")
            : null;
    }

    /// <summary>The fault of an update's answer; null for NOERROR.</summary>
    public static ProviderFault? OfUpdate(Rfc2136Options options, DnsZone zone, int code) => code switch
    {
        DnsNumbers.NoError => null,
        // rfc2136#3.2.5: a prerequisite does not hold.
        DnsNumbers.YxDomain or DnsNumbers.YxRrset or DnsNumbers.NxRrset or DnsNumbers.NxDomain =>
            new(Reason.ProviderConflict, $"a record of zone {zone.Name} is no longer as it was read", Transient: true),
        DnsNumbers.ServFail => Unavailable(options, $"failed at the update of zone {zone.Name} (SERVFAIL); see its log"),
        // Knot says so of an update that is not signed (rfc8945 calls the code "not authorized"), BIND of a zone that it does not have (rfc2136#2.2).
        DnsNumbers.NotAuth when options.Key is null => new(
            Reason.ProviderCredentialsRefused,
            $"{options.Server} takes no unsigned update of zone {zone.Name}, or is not its primary server (NOTAUTH); give a TSIG key, and name the primary server",
            Transient: false),
        DnsNumbers.NotAuth => new(
            Reason.ZoneNotFound, $"{options.Server} is not authoritative for zone {zone.Name} (NOTAUTH); name the primary server", Transient: false),
        DnsNumbers.NotZone => new(
            Reason.ZoneNotFound, $"{options.Server} says that a name is not in zone {zone.Name} (NOTZONE)", Transient: false),
        DnsNumbers.Refused when options.Key is { } key => new(
            Reason.ProviderRefused,
            $"{options.Server} does not let key {key} change these records of zone {zone.Name} (REFUSED); see its update policy",
            Transient: false),
        DnsNumbers.Refused => new(
            Reason.ProviderCredentialsRefused,
            $"{options.Server} takes no unsigned update of zone {zone.Name} (REFUSED); give a TSIG key",
            Transient: false),
        _ => new(Reason.ProviderRefused, $"{options.Server} refuses the update of zone {zone.Name} with code {code}", Transient: false),
    };

    /// <summary>The fault of a question's answer; null when the server speaks for the name.</summary>
    public static ProviderFault? OfQuery(Rfc2136Options options, DnsName name, WireMessage message) => message.ReturnCode switch
    {
        DnsNumbers.ServFail => Unavailable(options, $"failed at the question for {name} (SERVFAIL); see its log"),
        DnsNumbers.NoError or DnsNumbers.NxDomain when message.IsTruncated => Unavailable(options, $"cut its answer for {name} short"),
        DnsNumbers.NoError or DnsNumbers.NxDomain when message.IsAuthoritative => null,
        DnsNumbers.NoError or DnsNumbers.NxDomain => new(
            Reason.ZoneNotFound, $"{options.Server} is not authoritative for {name}; name the zone's primary server", Transient: false),
        DnsNumbers.Refused => new(
            Reason.ZoneNotFound, $"{options.Server} refuses the question for {name} (REFUSED); it has no zone for it, or does not let us ask", Transient: false),
        var code => new(Reason.ProviderRefused, $"{options.Server} answers the question for {name} with code {code}", Transient: false),
    };

    private static ProviderFault Credentials(Rfc2136Options options, string words) =>
        new(Reason.ProviderCredentialsRefused, $"{options.Server} {words}", Transient: false);
}
