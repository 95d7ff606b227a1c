using System.Globalization;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>What a gate is asked about.</summary>
/// <param name="Intent">What is wanted.</param>
/// <param name="State">Where the domain stands, its soak clock already advanced to now.</param>
/// <param name="Stage">The stage that it is in.</param>
/// <param name="Next">The stage that it would enter; null where there is none.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Now">The time.</param>
internal sealed record GateInput(Intent Intent, RolloutState State, Stage Stage, Stage? Next, Evidence Evidence, DateTimeOffset Now);

/// <summary>A gate: null when it is open, else why it is shut.</summary>
internal delegate Finding? Gate(GateInput input);

/// <summary>
/// The gates, in the order in which they are asked; the first that is shut is the one that the status names.
/// </summary>
internal static class Gates
{
    /// <summary>Before anything of a domain is published.</summary>
    public static readonly Gate[] ToServe = [RecordIsNotForeign, OwnRecordIsExplained, LiveRecordIsOne, LivePolicyIsKnown, LivePolicyIsNotWeakened, EveryMxIsCovered];

    /// <summary>Before the first TXT record.</summary>
    public static readonly Gate[] ToPublish = [RecordIsNotForeign, PolicyIsServed, CertificateLives, EveryMxIsCovered, EveryReplicaServesIt];

    /// <summary>Before the TXT record names another document: rfc8461#8.1. Only this: a correction or a retreat must not wait for a healthy MX.</summary>
    public static readonly Gate[] ToReplace = [PolicyIsServed, EveryReplicaServesIt];

    /// <summary>Before the next stage.</summary>
    public static readonly Gate[] ToNextStage =
    [
        TargetIsHigher, NothingIsPending, PolicyIsServed, CertificateLives, TxtNamesThePolicy, TlsRptIsPublished, EveryMxIsCovered, EveryMxHasValidTls,
        NotPaused, SoakHasElapsed, StageIsApproved, NotFrozen, WindowIsOpen, FleetIsHealthy, WaveHasRoom,
    ];

    /// <summary>Before records and policy are taken away: rfc8461#8.3.</summary>
    public static readonly Gate[] ToWithdraw = [NothingIsPending, OlderPoliciesAreReplaced, OlderPoliciesHaveExpired];

    /// <summary>True for what a domain waits for in good health, with nothing that looking again sooner would tell.</summary>
    public static bool IsRest(Reason reason) => reason is Reason.Soaking or Reason.TargetReached or Reason.Paused or Reason.ApprovalMissing
        or Reason.WindowClosed or Reason.PromotionsFrozen or Reason.WaveIsFull or Reason.FleetUnhealthy or Reason.Retiring;

    /// <summary>The first gate that is shut, or null when all are open.</summary>
    public static Finding? FirstShut(Gate[] gates, GateInput input) => gates.Select(gate => gate(input)).FirstOrDefault(shut => shut is not null);

    private static Finding? RecordIsNotForeign(GateInput i) => i.Evidence.Owner switch
    {
        // Once the record is ours, a stranger's beside it is the TxtRecord check's business.
        _ when i.State.PublishedId is not null => null,
        LiveOwner.None or LiveOwner.Us => null,
        LiveOwner.Unknown => new Finding.Unknown(
            Reason.DnsLookupFailed, i.Intent.Domain.StsRecordName, "whether somebody else's record is there is not known yet"),
        LiveOwner.OtherInstallation => new Finding.Broken(
            Reason.RecordNotOwned, i.Intent.Domain.StsRecordName,
            $"the record \"{i.Evidence.LiveRecord}\" is marked as another installation's; delete the policy there first"),
        _ when i.Intent.Adoption == Adoption.Adopt => null,
        _ => new Finding.Broken(
            Reason.RecordNotOwned, i.Intent.Domain.StsRecordName,
            $"there is a record that this operator does not own: \"{i.Evidence.LiveRecord}\"; remove it, or set spec.adoption to Adopt"),
    };

    // Our own record, but of a document that neither a stage makes nor the policy host serves: the mx list changed while the status was lost. At which
    // mode the domain is live cannot be told, and starting anew could lower it (promise 7).
    private static Finding? OwnRecordIsExplained(GateInput i) =>
        i is { State: { PublishedId: null, Withdrawn: false }, Evidence.Owner: LiveOwner.Us } && !i.Intent.TakesUnexplained(LiveOwner.Us)
        ? new Finding.Broken(
            Reason.LiveElsewhere, i.Intent.Domain.StsRecordName,
            $"the record \"{i.Evidence.LiveRecord}\" is ours, and no stage makes the policy that it names; give spec.mx the patterns of that policy, or set spec.adoption to Adopt to start at the first stage")
        : null;

    // Two ids while one replaces the other, or a record that is not valid: what is live is not told by it, and starting anew could lower the domain.
    private static Finding? LiveRecordIsOne(GateInput i) =>
        i is { State.PublishedId: null, Evidence.LiveId: null } and ({ Evidence.Owner: LiveOwner.Us } or { Evidence: { Owner: LiveOwner.Other, LivePolicy.Mode: StsMode.Enforce } })
            ? new Finding.Unknown(
                Reason.LivePolicyUnknown, i.Intent.Domain.StsRecordName,
                $"the servers do not give one valid record, but \"{i.Evidence.LiveRecord}\", so at which stage to take the domain over is not known; wait until one has replaced the other, or remove what is wrong")
            : null;

    // What is taken over must be known first: a policy that only did not answer for a minute may be an enforced one.
    private static Finding? LivePolicyIsKnown(GateInput i) =>
        i is { State.PublishedId: null, Evidence: { Owner: LiveOwner.Other, LivePolicy: null, LivePolicyIsAbsent: false } }
            ? new Finding.Unknown(
                Reason.LivePolicyUnknown, i.Intent.Domain.PolicyHost, "the policy that is live now could not be read, so at which stage to take the domain over is not known")
            : null;

    // Promise 7: the operator is nobody's downgrade lever. A policy that somebody enforces is not taken down to testing by a manifest.
    private static Finding? LivePolicyIsNotWeakened(GateInput i) =>
        i is { State.PublishedId: null, Evidence: { Owner: LiveOwner.Other, LivePolicy.Mode: StsMode.Enforce } } && i.Intent.Stages.All(s => s.Mode != StsMode.Enforce)
            ? new Finding.Broken(
                Reason.LiveElsewhere, i.Intent.Domain.PolicyHost,
                "the domain's live policy is at enforce, and the class has no stage with that mode; use a class that has one")
            : null;

    private static Finding? PolicyIsServed(GateInput i) => Shut(i, Check.PolicyServed);

    // Behind one address there may be several replicas, and behind a resolver the address of before; one look sees one of them. A sender who meets the older
    // document under the new id keeps it for max_age, since no other id will tell it to look again.
    private static Finding? EveryReplicaServesIt(GateInput i)
    {
        var isAdopted = i.State.History is [.., { Reason: Reason.Adopted }];
        var addressTtl = isAdopted && i.State.PublishedId is { } id ? TimeSpan.FromSeconds(i.State.Ledger.Of(id)?.TtlSeconds ?? 0) : TimeSpan.Zero;
        var everywhere = i.State.ServedSeenAt + (addressTtl > i.Intent.ServingSpread ? addressTtl : i.Intent.ServingSpread);
        if (everywhere <= i.Now) return null;

        var lag = i.State.PublishedId is null ? "some replica may not have it yet" : "some replica or resolver may still lead to the one before";
        return new Finding.Unknown(
            Reason.PolicyPropagating, i.Intent.Domain.PolicyHost, $"the document is seen; {lag}{(everywhere is { } until ? $", until {Moment(until)}" : "")}");
    }

    private static Finding? CertificateLives(GateInput i) => Shut(i, Check.CertificateLifetime);

    private static Finding? TxtNamesThePolicy(GateInput i) => Shut(i, Check.TxtRecord);

    private static Finding? TlsRptIsPublished(GateInput i) => Shut(i, Check.TlsRptRecord);

    private static Finding? EveryMxIsCovered(GateInput i) => Shut(i, Check.MxCoverage);

    private static Finding? EveryMxHasValidTls(GateInput i) => Shut(i, Check.MxTls);

    private static Finding? TargetIsHigher(GateInput i) => i.Next is null
        ? new Finding.Unknown(Reason.TargetReached, i.Stage.Name, $"the domain is in its last stage, {i.Stage.Name}")
        : null;

    private static Finding? NothingIsPending(GateInput i) => i.State.IsPublished
        ? null
        : new Finding.Unknown(Reason.Publishing, i.Intent.Domain.StsRecordName, "the TXT record does not name the served policy yet");

    private static Finding? SoakHasElapsed(GateInput i) => i.State.Soak.At(i.Now) >= i.Stage.Soak && i.State.Soak.CountedUntil is not null
        ? null
        : new Finding.Unknown(
            Reason.Soaking, i.Stage.Name, $"all checks are healthy; stage {i.Next!.Name} follows when that has lasted for the whole soak");

    private static Finding? NotPaused(GateInput i) => i.Intent.Paused
        ? new Finding.Unknown(Reason.Paused, i.Next!.Name, "spec.paused is true; set it to false to go on")
        : null;

    private static Finding? StageIsApproved(GateInput i) => i.Next!.Approval == Approval.Manual && !i.Intent.ApprovedStages.Contains(i.Next.Name)
        ? new Finding.Unknown(
            Reason.ApprovalMissing, i.Next.Name, $"stage {i.Next.Name} wants an approval; add \"{i.Next.Name}\" to spec.approvedStages")
        : null;

    private static Finding? NotFrozen(GateInput i) => i.Intent.Freezes.Where(f => f.Holds(i.Now)).MaxBy(f => f.To) is { } freeze
        ? new Finding.Unknown(
            Reason.PromotionsFrozen, i.Next!.Name, $"promotions are frozen until {Moment(freeze.To)}{(freeze.Why.Length > 0 ? $": {freeze.Why}" : "")}")
        : null;

    private static Finding? WindowIsOpen(GateInput i) => i.Intent.Windows.IsEmpty || i.Intent.Windows.Any(w => w.IsOpen(i.Now))
        ? null
        : new Finding.Unknown(
            Reason.WindowClosed, i.Next!.Name, $"promotions wait for the class's next window, which opens at {Moment(i.Intent.Windows.Min(w => w.NextOpening(i.Now)))}");

    private static Finding? FleetIsHealthy(GateInput i) =>
        i is { Intent.FleetRule.UnhealthyPercentMax: { } most, Evidence.Fleet: { Promoted: > 0 } fleet } && fleet.Unhealthy * 100 > most * fleet.Promoted
            ? new Finding.Unknown(
                Reason.FleetUnhealthy, i.Next!.Name,
                $"more than {most} % of the class's promoted domains have a broken check, so no other moves up; look at those with Ready=False")
            : null;

    private static Finding? WaveHasRoom(GateInput i) => i.Intent.FleetRule.MovingMax is { } most && i.Evidence.Fleet.Moving >= most
        ? new Finding.Unknown(
            Reason.WaveIsFull, i.Next!.Name, $"{most} domains of the class are moving up now, as many as it lets at once; this one follows when one of them is healthy in its new stage")
        : null;

    private static Finding? OlderPoliciesAreReplaced(GateInput i) => i.State.Ledger.Binding.All(e => e.IsReplaced)
        ? null
        : Shut(i, Check.PolicyServed) ?? Shut(i, Check.TxtRecord)
            ?? new Finding.Unknown(Reason.Publishing, i.Intent.Domain.StsRecordName, "the policy with mode none has not been seen at every server yet");

    private static Finding? OlderPoliciesHaveExpired(GateInput i) => i.State.Ledger.Binding.Max(e => e.ExpiresAt) is { } until && until > i.Now
        ? new Finding.Unknown(
            Reason.Retiring, i.Intent.Domain.PolicyHost,
            $"mode none is served; records and policy go when no sender can hold an older policy any more, at {Moment(until)}")
        : null;

    private static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Finding? Shut(GateInput input, Check check) => input.Evidence.Of(check) is { } finding and not Finding.Healthy ? finding : null;
}
