namespace MtaSts.Core.Observations;

/// <summary>Does every MX, at every address, offer STARTTLS with a certificate that a sender accepts (rfc8461#4.2)?</summary>
/// <remarks>
/// <code>
/// no host known                             Unknown DnsLookupFailed, MxNull, MxMissing
/// hosts not probed in this round            Unknown NotObservedYet
/// a host's address question failed          Unknown DnsLookupFailed
/// a host without address, for certain       Broken  MxHostNoAddress
/// no connection                             Broken  MxUnreachable, MxTimedOut; Unknown EgressBlocked where our own way out is blocked
/// turned away (4xx, 5xx)                    Unknown MxRejected: greylisting and block lists say nothing about TLS
/// not SMTP                                  Broken  MxMalformed
/// no STARTTLS, refused, handshake failed    Broken  StartTlsNotOffered, StartTlsRefused, MxTlsFailed
/// certificate                               Broken  CertificateUntrusted, -Expired, -NotYetValid, -Rejected, -NameMismatch
/// address refused; no route from here       Unknown AddressRefused; EgressBlocked where no address of the host could be tried
/// </code>
/// </remarks>
internal static class MxTlsCheck
{
    /// <summary>Judges every address of every host.</summary>
    public static IEnumerable<Finding> Judge(MxView view) =>
        view.Hosts.IsEmpty ? [OfNoHost(view)] : view.Hosts.SelectMany(h => OfHost(h, view.EgressBlocked));

    private static Finding.Unknown OfNoHost(MxView view)
    {
        var name = view.Lookup.Name;
        return view switch
        {
            { IsNullMx: true } => new Finding.Unknown(Reason.MxNull, name, $"{name} says that it accepts no mail (null MX)."),
            _ when view.Lookup.All.Any() && view.Lookup.All.All(r => r.IsDefinite) =>
                new Finding.Unknown(Reason.MxMissing, name, $"{name} has no mail server to look at."),
            _ => new Finding.Unknown(Reason.DnsLookupFailed, name, $"The mail servers of {name} could not be looked up."),
        };
    }

    private static IEnumerable<Finding> OfHost(MxHost host, bool egressBlocked)
    {
        foreach (var failed in DnsReplies.Failed(host.Addresses))
        {
            yield return new Finding.Unknown(
                Reason.DnsLookupFailed, host.Host, $"The address of {host.Host} could not be looked up at {failed.Server}: {DnsWords.Of(failed)}.");
        }

        if (host.Probes.IsEmpty)
        {
            if (host.Addresses.Length > 0 && !DnsReplies.Failed(host.Addresses).Any() && host.Addresses.All(a => a.Status != DnsStatus.Answered))
            {
                yield return new Finding.Broken(Reason.MxHostNoAddress, host.Host, $"The MX {host.Host} has no address; correct its A and AAAA records.");
            }
            else if (host.Addresses.IsEmpty || host.Addresses.Any(a => a.Status == DnsStatus.Answered))
            {
                yield return new Finding.Unknown(Reason.NotObservedYet, host.Host, $"The MX {host.Host} was not probed in this round.");
            }

            yield break;
        }

        var routed = host.Probes.Where(p => p.Status != SmtpStatus.NoRoute).ToList();
        if (routed.Count == 0)
        {
            yield return new Finding.Unknown(Reason.EgressBlocked, host.Host, $"There is no route from here to any address of {host.Host}.");
        }
        else if (routed.Count < host.Probes.Length)
        {
            yield return new Finding.Healthy("Some addresses were not tried: there is no route to them from here.");
        }

        foreach (var finding in FindingOrder.OfHost(host.Host, [.. routed.Select(p => (p.Address, OfProbe(p, egressBlocked)))]))
        {
            yield return finding;
        }
    }

    private static Verdict? OfProbe(SmtpProbe probe, bool egressBlocked)
    {
        var host = probe.Host;
        var detail = probe.Detail is null ? "" : $" ({probe.Detail})";
        return probe.Status switch
        {
            SmtpStatus.TlsEstablished => OfCertificate(probe),
            SmtpStatus.StartTlsNotOffered => Verdict.Broken(Reason.StartTlsNotOffered, $"{host} does not offer STARTTLS; turn TLS on."),
            SmtpStatus.StartTlsRefused => Verdict.Broken(Reason.StartTlsRefused, $"{host} offers STARTTLS and refuses it{detail}; see its log."),
            SmtpStatus.TlsFailed => Verdict.Broken(Reason.MxTlsFailed, $"The TLS handshake with {host} failed, or it speaks nothing from TLS 1.2 on{detail}."),
            SmtpStatus.Unreachable or SmtpStatus.TimedOut when egressBlocked => Verdict.Unknown(
                Reason.EgressBlocked, "No mail server anywhere answers on port 25: our own way out is blocked."),
            SmtpStatus.Unreachable => Verdict.Broken(Reason.MxUnreachable, $"{host} does not accept connections on port 25{detail}; see whether it is up."),
            SmtpStatus.TimedOut => Verdict.Broken(Reason.MxTimedOut, $"{host} did not answer in time{detail}; see whether it is up, and whether port 25 is open from here."),
            SmtpStatus.Malformed => Verdict.Broken(Reason.MxMalformed, $"{host} does not speak SMTP{detail}; see what listens on port 25."),
            SmtpStatus.Rejected => Verdict.Unknown(Reason.MxRejected, $"{host} turned the session away{detail}; see its log, and whether our address is on a block list."),
            SmtpStatus.AddressRefused => Verdict.Unknown(Reason.AddressRefused, $"The address {probe.Address} of {host} is private or special and the class does not allow it."),
            _ => Verdict.Unknown(Reason.EgressBlocked, $"There is no route from here to {probe.Address}."),
        };
    }

    private static Verdict? OfCertificate(SmtpProbe probe)
    {
        var host = probe.Host;
        var detail = probe.Certificate?.Detail is { } words ? $" ({words})" : "";
        return probe.Certificate switch
        {
            null => Verdict.Broken(Reason.MxTlsFailed, $"{host} presented no certificate."),
            { Chain: ChainStatus.Untrusted } => Verdict.Broken(Reason.CertificateUntrusted, $"The certificate of {host} leads to no trusted root{detail}."),
            { Chain: ChainStatus.Expired } => Verdict.Broken(Reason.CertificateExpired, $"The certificate of {host} has expired{detail}; renew it."),
            { Chain: ChainStatus.NotYetValid } => Verdict.Broken(Reason.CertificateNotYetValid, $"The certificate of {host} is not valid yet{detail}."),
            { Chain: ChainStatus.Rejected } => Verdict.Broken(Reason.CertificateRejected, $"The certificate of {host} is rejected{detail}; issue another."),
            { NameMatches: false } => Verdict.Broken(
                Reason.CertificateNameMismatch, $"The certificate of {host} does not name it but {CertificateWords.Names(probe.Certificate)}; issue one that does."),
            _ => null,
        };
    }
}
