using System.Collections.Immutable;

namespace MtaSts.Core.Observations;

/// <summary>Why senders do not reach a policy host, as those know who are to make it reachable.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Subject">The object that says so.</param>
/// <param name="Message">What it says, to be read behind the subject.</param>
public sealed record HostTrouble(Reason Reason, string Subject, string Message)
{
    // What a sender sees of a host that is not set up (yet); the cause is then the better word for it.
    private static readonly ImmutableHashSet<Reason> Symptoms =
    [
        Reason.PolicyHostNoAddress, Reason.PolicyHostUnreachable, Reason.PolicyHostTimedOut, Reason.PolicyHostTlsFailed, Reason.PolicyCertificateUntrusted, Reason.PolicyHttpStatus,
    ];

    // What is said well enough, and by which the cause is told apart; the cause stands behind it.
    private static readonly ImmutableHashSet<Reason> Told =
        [Reason.PolicyCertificateExpired, Reason.PolicyCertificateNameMismatch, Reason.PolicyCertificateExpiresSoon];

    /// <summary>
    /// The results of a round of checks with the cause where it explains them. Only words change: what is healthy, broken or unknown is what the look showed.
    /// </summary>
    public static ImmutableArray<CheckResult> Explain(ImmutableArray<CheckResult> results, HostTrouble? trouble) => trouble is null
        ? results
        : [.. results.Select(r => r.Check is Check.PolicyServed or Check.CertificateLifetime ? r with { Finding = trouble.Explain(r.Finding) } : r)];

    private Finding Explain(Finding finding) => finding switch
    {
        Finding.Broken broken when Symptoms.Contains(broken.Reason) => broken with { Reason = Reason, Message = Behind(broken.Message) },
        Finding.Broken broken when Told.Contains(broken.Reason) => broken with { Message = Behind(broken.Message) },
        Finding.Unknown unknown when Symptoms.Contains(unknown.Reason) => unknown with { Reason = Reason, Message = Behind(unknown.Message) },
        Finding.Unknown unknown when Told.Contains(unknown.Reason) => unknown with { Message = Behind(unknown.Message) },
        _ => finding,
    };

    private string Behind(string message) => $"{message} {Subject} {Message}";
}
