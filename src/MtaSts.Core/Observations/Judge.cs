using System.Collections.Immutable;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Observations;

/// <summary>
/// Says what the facts mean. Pure: the same expectation, facts and moment give the same results, in the same order, with the same words, so
/// that an unchanged world causes no write.
/// </summary>
public static class Judge
{
    /// <summary>
    /// Every check: one Healthy each, or a result for each subject that is broken or unknown (at most 8 a check, the broken ones first).
    /// </summary>
    /// <param name="expectation">What should be seen.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="now">The moment for which certificates are judged.</param>
    public static ImmutableArray<CheckResult> All(Expectation expectation, Observed observed, DateTimeOffset now) =>
        Results(
            (Check.PolicyServed, PolicyServedCheck.Judge(expectation, observed.Policy)),
            (Check.CertificateLifetime, CertificateLifetimeCheck.Judge(expectation.CertificateLifeMin, observed.Policy, now)),
            (Check.TxtRecord, TxtRecordCheck.Judge(expectation, observed.StsTxt)),
            (Check.TlsRptRecord, TlsRptRecordCheck.Judge(expectation, observed.TlsRptTxt)),
            (Check.MxCoverage, MxCoverageCheck.Judge(expectation.Mx, observed.Mx)),
            (Check.MxTls, MxTlsCheck.Judge(observed.Mx)));

    /// <summary>
    /// Every check as a sender sees the domain, who knows nothing of what was meant: a valid policy, the same at every address; one record with
    /// one id everywhere; MX hosts that this policy covers.
    /// </summary>
    /// <param name="observed">What was seen.</param>
    /// <param name="now">The moment for which certificates are judged.</param>
    /// <param name="certificateLifeMin">The life that the policy host's certificate must have left; not negative.</param>
    public static ImmutableArray<CheckResult> AsSender(Observed observed, DateTimeOffset now, TimeSpan certificateLifeMin)
    {
        var policy = LivePolicy(observed);
        return Results(
            (Check.PolicyServed, PolicyServedCheck.JudgeAsSender(observed.Policy)),
            (Check.CertificateLifetime, CertificateLifetimeCheck.Judge(certificateLifeMin, observed.Policy, now)),
            (Check.TxtRecord, TxtRecordCheck.JudgeAsSender(observed.StsTxt)),
            (Check.TlsRptRecord, TlsRptRecordCheck.JudgeAsSender(observed.TlsRptTxt)),
            (Check.MxCoverage, MxCoverageCheck.JudgeAsSender(policy?.Value, observed.Mx)),
            (Check.MxTls, MxTlsCheck.Judge(observed.Mx)));
    }

    /// <summary>The policy that a sender would take: the first valid one of those that were fetched, else the first that was fetched at all, else null.</summary>
    public static Reading<StsPolicy>? LivePolicy(Observed observed)
    {
        var readings = observed.Policy.Fetches
            .Where(PolicyServedCheck.IsPolicyResponse)
            .Select(f => StsPolicyReader.Read(f.Body.Span))
            .ToList();
        return readings.FirstOrDefault(r => r.Value is not null) ?? readings.FirstOrDefault();
    }

    private static ImmutableArray<CheckResult> Results(params ReadOnlySpan<(Check Check, IEnumerable<Finding> Findings)> checks)
    {
        var results = ImmutableArray.CreateBuilder<CheckResult>();
        foreach (var (check, findings) in checks)
        {
            results.AddRange(FindingOrder.Reduce(findings).Select(f => new CheckResult(check, f)));
        }

        return results.ToImmutable();
    }
}
