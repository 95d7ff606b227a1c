using System.Collections.Immutable;

namespace MtaSts.Operator.Cli;

/// <summary>One part of the way of a mail.</summary>
/// <param name="Hop">From where to where.</param>
/// <param name="Covered">"yes" where MTA-STS covers it, else "no".</param>
/// <param name="By">What covers it.</param>
internal sealed record MailHop(string Hop, string Covered, string By);

/// <summary>The way of a mail, and what of it MTA-STS covers: one hop.</summary>
internal static class MailHops
{
    /// <summary>The hops in the order of the way.</summary>
    public static ImmutableArray<MailHop> All { get; } =
    [
        new("writer to their own server", "no", "submission over TLS (port 465, or 587 with STARTTLS)"),
        new("between the sender's own servers", "no", "TLS there, set up by the sender's side"),
        new("sending server to your MX", "yes", "MTA-STS, for senders that follow it; DANE for those that validate DNSSEC"),
        new("your MX to your mail store", "no", "TLS between your own servers"),
        new("at rest, on every server", "no", "S/MIME or OpenPGP end to end; encrypted disks against theft only"),
        new("mail store to reader", "no", "IMAPS, POP3S or HTTPS"),
        new("mail that your domain sends", "no", "the MTA-STS or DANE of the recipients' domains"),
        new("who wrote it, and whether it was changed", "no", "SPF, DKIM and DMARC; S/MIME or OpenPGP signatures"),
    ];
}
