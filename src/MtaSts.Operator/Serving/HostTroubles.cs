using MtaSts.Core.Observations;
using MtaSts.Operator.Serving.Foreign;

namespace MtaSts.Operator.Serving;

/// <summary>What the objects of a policy host say of why senders do not get the policy.</summary>
/// <remarks>
/// The first that applies:
/// <code>
/// the Gateway is not there, or has no address        GatewayNotReady
/// the ListenerSet may not be added to the Gateway    PolicyHostRefused
/// the last attempt met the issuer's limit            PolicyCertificateRateLimited
/// the last attempt failed                            PolicyCertificateIssueFailed
/// none is there yet, or it is being issued           PolicyCertificateIssuing
/// the ListenerSet or the HTTPRoute is refused        PolicyHostRefused
/// </code>
/// A Gateway refuses listeners whose Secret is not there yet, so while a certificate is wanted, that it is not there is the reason for such a refusal.
/// </remarks>
public static class HostTroubles
{
    // rfc8555#6.7; cert-manager hands on what the issuer said.
    private const string RateLimited = "rateLimited";
    private const string TooManyRequests = "429 ";

    // ListenerSet's own word for a Gateway that takes none from that namespace.
    private const string NotAllowed = "NotAllowed";

    private const int MessageCharsMax = 400; // of what another controller wrote

    /// <summary>Of a Gateway.</summary>
    /// <param name="key">Its place.</param>
    /// <param name="gateway">The Gateway, or null where there is none.</param>
    /// <param name="needsAddress">False where the class says the addresses itself.</param>
    public static HostTrouble? Of(string key, Gateway? gateway, bool needsAddress) => gateway switch
    {
        null => new HostTrouble(Reason.GatewayNotReady, $"Gateway {key}", "is not there; create it, or name another one in the class"),
        { Addresses.Count: 0 } when needsAddress => new HostTrouble(Reason.GatewayNotReady, $"Gateway {key}", "has no address in its status yet; look at its conditions"),
        _ => null,
    };

    /// <summary>Of listeners of its own and their certificate.</summary>
    /// <param name="key">Their place.</param>
    /// <param name="listeners">The ListenerSet, or null where there is none yet.</param>
    /// <param name="certificate">What keeps their certificate from them, or null.</param>
    public static HostTrouble? Of(string key, ListenerSet? listeners, HostTrouble? certificate)
    {
        var refused = new[] { listeners?.Accepted, listeners?.Programmed }.FirstOrDefault(c => c is { Status: "False" });
        return refused is null || (certificate is not null && refused.Reason != NotAllowed)
            ? certificate
            : new HostTrouble(Reason.PolicyHostRefused, $"ListenerSet {key}", $"is refused: {Words(refused)}");
    }

    /// <summary>Of a route.</summary>
    public static HostTrouble? Of(string key, HttpRoute? route) => route?.Refusal is { } refused
        ? new HostTrouble(Reason.PolicyHostRefused, $"HTTPRoute {key}", $"is refused: {Words(refused)}")
        : null;

    /// <summary>Of a certificate.</summary>
    /// <param name="key">Its place.</param>
    /// <param name="certificate">The Certificate, or null where cert-manager was asked and has none yet.</param>
    public static HostTrouble? Of(string key, Certificate? certificate)
    {
        var subject = $"Certificate {key}";
        return certificate switch
        {
            null => new HostTrouble(Reason.PolicyCertificateIssuing, subject, "is not there yet; is cert-manager running?"),
            { Ready.Status: "True" } => null,
            { Issuing: { Status: "False" } failed } when IsLimit(failed.Message) => new HostTrouble(
                Reason.PolicyCertificateRateLimited, subject, $"is not issued, since the issuer's limit is used up: {Words(failed)}"),
            { Issuing: { Status: "False" } failed } => new HostTrouble(Reason.PolicyCertificateIssueFailed, subject, $"was not issued: {Words(failed)}"),
            { Issuing: { } issuing } => new HostTrouble(Reason.PolicyCertificateIssuing, subject, $"is being issued: {Words(issuing)}"),
            { Ready: { } waiting } => new HostTrouble(Reason.PolicyCertificateIssuing, subject, $"is not ready: {Words(waiting)}"),
            _ => new HostTrouble(Reason.PolicyCertificateIssuing, subject, "has no status yet; is cert-manager running?"),
        };
    }

    private static bool IsLimit(string message) =>
        message.Contains(RateLimited, StringComparison.OrdinalIgnoreCase) || message.Contains(TooManyRequests, StringComparison.Ordinal);

    // It goes into our status: one line, and no longer than a status should be.
    private static string Words(ForeignCondition condition)
    {
        var text = string.Concat(condition.Message.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return $"{condition.Reason}{(text.Length == 0 ? "" : $", {(text.Length > MessageCharsMax ? text[..MessageCharsMax] + "..." : text)}")}";
    }
}
