using System.Text;
using MtaSts.Core.Desired;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Observations;

/// <summary>Is the policy served as a sender fetches it, at every address of the policy host?</summary>
/// <remarks>
/// <code>
/// no document handed over yet                    Unknown PolicyNotServedYet
/// not fetched in this round                      Unknown NotObservedYet
/// an address question failed                     Unknown PolicyHostLookupFailed
/// no address, for certain                        Broken  PolicyHostNoAddress; AliasDangling where a CNAME ends there
///   delegated, and no CNAME to the host's place  Broken  AliasMissing, AliasElsewhere
/// unreachable, timed out, TLS, certificate, HTTP Broken  its own reason
/// address refused; no route from here            Unknown AddressRefused; EgressBlocked where no address at all could be tried
/// our bytes                                      Healthy
/// the bytes of the document before               Unknown PolicyPropagating
/// other bytes                                    Broken  PolicyDiffers
/// </code>
/// Where a delegated host leads elsewhere and something is broken there, the alias is told beside it. Where all is served as wanted, its owner sees to the
/// address himself, which is as good.
/// </remarks>
internal static class PolicyServedCheck
{
    /// <summary>Judges against the document that was handed over.</summary>
    public static IEnumerable<Finding> Judge(Expectation expectation, PolicyView view)
    {
        if (expectation.Served is not { } served)
        {
            return [new Finding.Unknown(Reason.PolicyNotServedYet, view.Host, "The policy has not been handed to the policy server yet.")];
        }

        var bytes = Encoding.ASCII.GetBytes(served.Text);
        return OfView(view, expectation.Delegation, body => body.SequenceEqual(bytes) ? null
            : PolicyId.Of(body) == expectation.ServedBefore
                ? Verdict.Unknown(Reason.PolicyPropagating, "The document before this one is still served; the new one is on its way.")
                : Verdict.Broken(Reason.PolicyDiffers, $"Another document is served than the one with id {served.Id} that we publish; something else answers for this host."));
    }

    /// <summary>Judges as a sender who knows no document: it must be valid, and the same at every address.</summary>
    public static IEnumerable<Finding> JudgeAsSender(PolicyView view)
    {
        byte[]? first = null;
        return OfView(view, delegation: null, body =>
        {
            var error = StsPolicyReader.Read(body).Faults.FirstOrDefault(f => f.Severity == Severity.Error);
            if (error is not null)
            {
                return Verdict.Broken(error.Reason, error.Line > 0 ? $"No valid policy, line {error.Line}: {error.Message}" : $"No valid policy: {error.Message}");
            }

            first ??= body.ToArray();
            return body.SequenceEqual(first)
                ? null
                : Verdict.Broken(Reason.PolicyDiffers, "Another document is served here than at another address of the host; serve the same everywhere.");
        });
    }

    /// <summary>True for a response that a sender would read a policy from (rfc8461#3.3): status 200, text/plain, certificate in order.</summary>
    public static bool IsPolicyResponse(PolicyFetch fetch) => OfResponse(fetch) is null;

    private static List<Finding> OfView(PolicyView view, Delegation? delegation, BodyRule rule)
    {
        var findings = new List<Finding>();
        if (view.Addresses.IsEmpty)
        {
            return [new Finding.Unknown(Reason.NotObservedYet, view.Host, "The policy host was not asked in this round.")];
        }

        // One question of many that failed hides addresses, so not all is known.
        findings.AddRange(DnsReplies.Failed(view.Addresses).Select(a =>
            new Finding.Unknown(Reason.PolicyHostLookupFailed, view.Host, $"The address of {view.Host} could not be looked up at {a.Server}: {DnsWords.Of(a)}.")));
        if (view.Addresses.All(a => a.Status != DnsStatus.Answered))
        {
            if (findings.Count == 0)
            {
                findings.Add((Astray(view, delegation) ?? OfNoAddress(view, delegation)).At(view.Host));
            }

            return findings;
        }

        var routed = view.Fetches.Where(f => f.Status != FetchStatus.NoRoute).ToList();
        if (routed.Count == 0)
        {
            findings.Add(view.Fetches.IsEmpty
                ? new Finding.Unknown(Reason.NotObservedYet, view.Host, "The policy was not fetched in this round.")
                : new Finding.Unknown(Reason.EgressBlocked, view.Host, "There is no route from here to any address of the policy host."));
            return findings;
        }

        findings.AddRange(FindingOrder.OfHost(view.Host, [.. routed.Select(f => (f.Address, OfResponse(f) ?? rule(f.Body.Span)))]));
        if (Astray(view, delegation) is { } astray)
        {
            findings.Add(findings.Exists(f => f is Finding.Broken)
                ? astray.At(view.Host)
                : new Finding.Healthy($"{view.Host} is not led to {delegation!.PlaceOf(view.Host)}, so it does not follow when the policy server moves."));
        }

        if (routed.Count < view.Fetches.Length)
        {
            findings.Add(new Finding.Healthy("Some addresses were not tried: there is no route to them from here."));
        }

        return findings;
    }

    private static Verdict? Astray(PolicyView view, Delegation? delegation) =>
        delegation is null ? null : AliasLook.Fault(delegation, view.Host, view.Addresses);

    private static Verdict OfNoAddress(PolicyView view, Delegation? delegation)
    {
        var end = view.Addresses.Select(AliasLook.EndOf).FirstOrDefault(e => e is not null);
        return end is null ? Verdict.Broken(Reason.PolicyHostNoAddress, $"{view.Host} has no address; publish A, AAAA or CNAME for it.")
            : end == delegation?.PlaceOf(view.Host) ? Verdict.Broken(
                Reason.PolicyHostNoAddress, $"{view.Host} is a CNAME to {end}, as it should be, and that has no address yet; see DnsPublished, and the Ingress's address.")
            : Verdict.Broken(Reason.AliasDangling, $"{view.Host} is a CNAME that ends at {end}, which has no address.");
    }

    private static Verdict? OfResponse(PolicyFetch fetch)
    {
        var detail = fetch.Detail is null ? "" : $" ({fetch.Detail})";
        return fetch.Status switch
        {
            FetchStatus.Unreachable => Verdict.Broken(Reason.PolicyHostUnreachable, $"The policy host does not accept connections on HTTPS{detail}."),
            FetchStatus.TimedOut => Verdict.Broken(Reason.PolicyHostTimedOut, $"The policy host did not answer in time{detail}."),
            FetchStatus.TlsFailed => Verdict.Broken(Reason.PolicyHostTlsFailed, $"The TLS handshake with the policy host failed{detail}."),
            FetchStatus.CertificateRejected => OfCertificate(fetch),
            FetchStatus.Malformed => Verdict.Broken(Reason.PolicyMalformedResponse, "The answer is not HTTP or broke off."),
            FetchStatus.TooLarge => Verdict.Broken(Reason.PolicyTooLarge, "The answer is larger than 64 KiB."),
            FetchStatus.AddressRefused => Verdict.Unknown(Reason.AddressRefused, $"The address {fetch.Address} is private or special and the class does not allow it."),
            FetchStatus.NoRoute => Verdict.Unknown(Reason.EgressBlocked, $"There is no route from here to {fetch.Address}."),
            // rfc8461#3.3: redirects MUST NOT be followed, and only status 200 counts.
            _ when fetch.HttpStatus is >= 300 and < 400 => Verdict.Broken(Reason.PolicyRedirected, $"The policy host redirects (status {fetch.HttpStatus}); senders do not follow."),
            _ when fetch.HttpStatus != 200 => Verdict.Broken(Reason.PolicyHttpStatus, $"The policy host answers status {fetch.HttpStatus}; senders want 200."),
            _ when !IsTextPlain(fetch.ContentType) => Verdict.Broken(
                Reason.PolicyContentType, fetch.ContentType is null ? "The policy is sent without a Content-Type; senders want text/plain." : "The policy is not sent as text/plain."),
            _ => null,
        };
    }

    private static Verdict OfCertificate(PolicyFetch fetch)
    {
        var detail = fetch.Certificate?.Detail is { } words ? $" ({words})" : "";
        return fetch.Certificate switch
        {
            null => Verdict.Broken(Reason.PolicyHostTlsFailed, "The policy host presented no certificate."),
            { Chain: ChainStatus.Untrusted } => Verdict.Broken(Reason.PolicyCertificateUntrusted, $"The certificate leads to no trusted root{detail}."),
            { Chain: ChainStatus.Expired } => Verdict.Broken(Reason.PolicyCertificateExpired, $"The certificate has expired{detail}."),
            { Chain: ChainStatus.NotYetValid } => Verdict.Broken(Reason.PolicyCertificateExpired, $"The certificate is not valid yet{detail}."),
            { Chain: ChainStatus.Rejected } => Verdict.Broken(Reason.PolicyCertificateUntrusted, $"The certificate is rejected{detail}."),
            _ => Verdict.Broken(Reason.PolicyCertificateNameMismatch, $"The certificate does not name {fetch.Host} but {CertificateWords.Names(fetch.Certificate)}."),
        };
    }

    // rfc8461#3.3: "text/plain"; parameters such as a charset may follow.
    private static bool IsTextPlain(string? contentType) =>
        contentType?.Split(';')[0].Trim().Equals("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    private delegate Verdict? BodyRule(ReadOnlySpan<byte> body);
}
