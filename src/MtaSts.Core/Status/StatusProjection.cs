using System.Collections.Immutable;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Status;

/// <summary>
/// Turns the outcome of a pass into conditions, as kstatus reads them.
/// </summary>
/// <remarks>
/// Ready takes the first that applies:
/// <code>
/// not accepted                                   False  its reason     Stalled
/// domain claimed by an older resource            False                 Stalled
/// records could not be written, objects neither  False  its reason     Stalled if somebody has to act, else Reconciling
/// records and policy are being taken away        True   Retired        Reconciling
/// nothing published, a gate is broken            False  the gate's     Stalled if the records are foreign
/// first publication under way                    False  the gate's     Reconciling
/// a check is broken                              False  the check's
/// another document or id is spreading            True   Publishing     Reconciling
/// a check has no answer                          True   ChecksUnknown
/// else                                           True   what the rollout waits for: Soaking, Paused, ApprovalMissing, TargetReached, Retiring, ...
/// </code>
/// Degraded is true while an enforced domain has a broken check, whatever Ready says.
/// </remarks>
public static class StatusProjection
{
    private static readonly ConditionType[] Observed =
    [
        ConditionType.CertificateReady, ConditionType.PolicyServed, ConditionType.DnsPublished, ConditionType.MxHealthy, ConditionType.Progressing,
    ];

    private static readonly ImmutableHashSet<Reason> OfCertificate =
    [
        Reason.PolicyCertificateUntrusted, Reason.PolicyCertificateExpired, Reason.PolicyCertificateNameMismatch, Reason.PolicyHostTlsFailed,
        Reason.PolicyCertificateIssuing, Reason.PolicyCertificateRateLimited, Reason.PolicyCertificateIssueFailed,
    ];

    /// <summary>The conditions of a pass, in the order of <see cref="ConditionType"/>, one each.</summary>
    public static ImmutableArray<Condition> Conditions(PassOutcome outcome)
    {
        if (outcome.Rejection is { } rejection)
        {
            return Refused(ConditionType.Accepted, rejection.Reason, rejection.Message);
        }

        if (outcome.ClaimedBy is { } other)
        {
            return Refused(ConditionType.DomainClaimed, Reason.DomainClaimedByOther, $"{other} is older and claims this domain; this resource has no effect");
        }

        if (outcome is not { Intent: { } intent, Evidence: { } evidence, Decision: { } decision })
        {
            throw new ArgumentException("a pass that was accepted has intent, evidence and decision", nameof(outcome));
        }

        var head = Head(outcome, intent, evidence, decision);
        return
        [
            head.Ready,
            Flag(ConditionType.Reconciling, head.Reconciling, head.Ready),
            Flag(ConditionType.Stalled, head.Stalled, head.Ready),
            new(ConditionType.Accepted, ConditionStatus.True, Reason.AsExpected, "the resource, its class and its provider are valid"),
            new(ConditionType.DomainClaimed, ConditionStatus.True, Reason.AsExpected, $"{intent.Domain} is this resource's"),
            CertificateReady(evidence),
            OfChecks(ConditionType.PolicyServed, evidence, outcome.ServingProblems, "the policy is served as a sender fetches it", Check.PolicyServed),
            OfChecks(ConditionType.DnsPublished, evidence, outcome.DnsProblems, "the records are in the DNS", Check.TxtRecord, Check.TlsRptRecord),
            OfChecks(ConditionType.MxHealthy, evidence, [], "every MX is covered and has valid TLS", Check.MxCoverage, Check.MxTls),
            Progressing(decision),
            Degraded(intent, evidence, decision.Next),
        ];
    }

    private static (Condition Ready, bool Reconciling, bool Stalled) Head(PassOutcome outcome, Intent intent, Evidence evidence, Decision decision)
    {
        var problems = outcome.ServingProblems.Concat(outcome.DnsProblems).ToList();
        if ((problems.Find(p => p.NeedsSomebody) ?? problems.FirstOrDefault()) is { } problem)
        {
            return (NotReady(problem.Reason, $"{problem.Subject}: {problem.Message}"), !problem.NeedsSomebody, problem.NeedsSomebody);
        }

        var state = decision.Next;
        if (state.Served is null && decision.Waiting is Finding.Unknown { Reason: Reason.TargetReached } nothing)
        {
            return (Ready(Reason.TargetReached, nothing.Message), false, false);
        }

        if (state.Withdrawn && decision.Waiting is null)
        {
            return (Ready(Reason.Retired, "records and policy are being taken away"), true, false);
        }

        if (state.PublishedId is null)
        {
            return decision.Waiting switch
            {
                Finding.Broken broken => (NotReady(broken.Reason, Text(broken.Subject, broken.Message)), false, broken.Reason is Reason.RecordNotOwned or Reason.LiveElsewhere),
                Finding.Unknown unknown => (NotReady(unknown.Reason, Text(unknown.Subject, unknown.Message)), true, false),
                _ => (NotReady(Reason.Publishing, "the policy is being published"), true, false),
            };
        }

        var worst = evidence.Worst(Evidence.Soaked);
        if (worst is Finding.Broken found)
        {
            return (NotReady(found.Reason, Text(found.Subject, found.Message)), false, false);
        }

        if (!state.IsPublished || decision.Waiting is null)
        {
            return (Ready(Reason.Publishing, $"the policy of stage {state.Stage} is being published"), true, false);
        }

        if (worst is Finding.Unknown notKnown && decision.Waiting is not Finding.Unknown { Reason: Reason.Publishing })
        {
            var spreading = notKnown.Reason is Reason.RecordPropagating or Reason.PolicyPropagating;
            return (Ready(Reason.ChecksUnknown, Text(notKnown.Subject, notKnown.Message)), spreading, false);
        }

        return decision.Waiting is Finding.Unknown waiting
            ? (Ready(waiting.Reason, WithKept(waiting.Message, state)), waiting.Reason == Reason.Publishing, false)
            : (Ready(Reason.AsExpected, WithKept($"{intent.Domain} is in stage {state.Stage}", state)), false, false);
    }

    private static Condition Progressing(Decision decision) => decision.Waiting switch
    {
        null when decision.Next.Withdrawn => new(ConditionType.Progressing, ConditionStatus.True, Reason.Retired, "records and policy are being taken away"),
        null => new(ConditionType.Progressing, ConditionStatus.True, Reason.Publishing, $"stage {decision.Next.Stage} has begun"),
        Finding.Unknown { Reason: Reason.Soaking or Reason.Publishing or Reason.RecordPropagating or Reason.PolicyPropagating } on =>
            new(ConditionType.Progressing, ConditionStatus.True, on.Reason, on.Message),
        Finding.Unknown rest when Gates.IsRest(rest.Reason) => new(ConditionType.Progressing, ConditionStatus.False, rest.Reason, rest.Message),
        Finding.Unknown unknown => new(ConditionType.Progressing, ConditionStatus.Unknown, Reason.ChecksUnknown, Text(unknown.Subject, unknown.Message)),
        Finding.Broken broken => new(ConditionType.Progressing, ConditionStatus.False, Reason.ChecksBroken, Text(broken.Subject, broken.Message)),
        _ => new(ConditionType.Progressing, ConditionStatus.True, Reason.AsExpected, ""),
    };

    private static Condition CertificateReady(Evidence evidence) => (evidence.Of(Check.PolicyServed), evidence.Of(Check.CertificateLifetime)) switch
    {
        (Finding.Broken broken, _) when OfCertificate.Contains(broken.Reason) =>
            new(ConditionType.CertificateReady, ConditionStatus.False, broken.Reason, Text(broken.Subject, broken.Message)),
        (_, var finding) => Of(ConditionType.CertificateReady, finding, "the policy host's certificate is what a sender accepts"),
    };

    private static Condition OfChecks(
        ConditionType type, Evidence evidence, ImmutableArray<ApplyProblem> problems, string healthy, params Check[] checks) =>
        problems.FirstOrDefault() is { } problem
            ? new Condition(type, ConditionStatus.False, problem.Reason, Text(problem.Subject, problem.Message))
            : Of(type, Finding.Worst(checks.Select(evidence.Of)), healthy);

    private static Condition Of(ConditionType type, Finding finding, string healthy) => finding switch
    {
        Finding.Broken broken => new Condition(type, ConditionStatus.False, broken.Reason, Text(broken.Subject, broken.Message)),
        Finding.Unknown unknown => new Condition(type, ConditionStatus.Unknown, unknown.Reason, Text(unknown.Subject, unknown.Message)),
        Finding.Healthy { Note: { } note } => new Condition(type, ConditionStatus.True, Reason.AsExpected, $"{healthy}; {note}"),
        _ => new Condition(type, ConditionStatus.True, Reason.AsExpected, healthy),
    };

    private static ImmutableArray<Condition> Refused(ConditionType type, Reason reason, string message)
    {
        var ready = NotReady(reason, message);
        return
        [
            ready,
            Flag(ConditionType.Reconciling, false, ready),
            Flag(ConditionType.Stalled, true, ready),
            type == ConditionType.Accepted
                ? new Condition(ConditionType.Accepted, ConditionStatus.False, reason, message)
                : new Condition(ConditionType.Accepted, ConditionStatus.True, Reason.AsExpected, "the resource, its class and its provider are valid"),
            type == ConditionType.DomainClaimed
                ? new Condition(ConditionType.DomainClaimed, ConditionStatus.False, reason, message)
                : new Condition(ConditionType.DomainClaimed, ConditionStatus.Unknown, reason, "the resource is not accepted"),
            .. Observed.Select(t => new Condition(t, ConditionStatus.Unknown, Reason.NotObservedYet, "nothing is done for this resource")),
            Flag(ConditionType.Degraded, false, ready),
        ];
    }

    private static Condition Ready(Reason reason, string message) => new(ConditionType.Ready, ConditionStatus.True, reason, message);

    private static Condition NotReady(Reason reason, string message) => new(ConditionType.Ready, ConditionStatus.False, reason, message);

    private static Condition Flag(ConditionType type, bool on, Condition ready) =>
        on ? ready with { Type = type, Status = ConditionStatus.True } : new Condition(type, ConditionStatus.False, Reason.AsExpected, "");

    private static string WithKept(string message, RolloutState state) => state.KeptMx.IsEmpty
        ? message
        : $"{message}; still served although spec.mx no longer has them: {string.Join(", ", state.KeptMx.Select(k => k.Pattern))} (status.keptMx says why and until when)";

    // An enforced domain whose senders may be refusing, or soon will: the alarm. It says what is seen, and what follows from it.
    private static Condition Degraded(Intent intent, Evidence evidence, RolloutState state)
    {
        if (state.PublishedMode != StsMode.Enforce || evidence.Worst(Evidence.Soaked) is not Finding.Broken broken)
        {
            return new(ConditionType.Degraded, ConditionStatus.False, Reason.AsExpected, "");
        }

        var follows = state.Regression is null
            ? "the domain stays enforced"
            : $"after {intent.StepBack.Looks} such looks over {Durations.Format(intent.StepBack.TimeMin)} the domain goes back to testing";
        return new(ConditionType.Degraded, ConditionStatus.True, broken.Reason, $"{Text(broken.Subject, broken.Message)} {follows}");
    }

    private static string Text(string subject, string message) => message.Contains(subject, StringComparison.Ordinal) ? message : $"{subject}: {message}";
}
