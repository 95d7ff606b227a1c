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
    public static readonly Gate[] ToServe = [RecordIsNotForeign, LivePolicyIsNotWeakened, EveryMxIsCovered];

    /// <summary>Before the first TXT record.</summary>
    public static readonly Gate[] ToPublish = [RecordIsNotForeign, PolicyIsServed, CertificateLives, EveryMxIsCovered];

    /// <summary>Before the TXT record names another document: rfc8461#8.1. Only this: a correction or a retreat must not wait for a healthy MX.</summary>
    public static readonly Gate[] ToReplace = [PolicyIsServed];

    /// <summary>Before the next stage.</summary>
    public static readonly Gate[] ToNextStage =
    [
        TargetIsHigher, NothingIsPending, PolicyIsServed, CertificateLives, TxtNamesThePolicy, TlsRptIsPublished, EveryMxIsCovered, EveryMxHasValidTls,
        SoakHasElapsed, NotPaused, StageIsApproved,
    ];

    /// <summary>The checks whose health the soak clock counts.</summary>
    public static readonly Check[] Soaked =
        [Check.PolicyServed, Check.CertificateLifetime, Check.TxtRecord, Check.TlsRptRecord, Check.MxCoverage, Check.MxTls];

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

    // Promise 7: the operator is nobody's downgrade lever. A policy that somebody enforces is not taken down to testing by a manifest.
    private static Finding? LivePolicyIsNotWeakened(GateInput i) =>
        i.State.PublishedId is null && i.Evidence.Owner == LiveOwner.Other && i.Evidence.LivePolicy?.Mode == StsMode.Enforce
            ? new Finding.Broken(
                Reason.LiveElsewhere, i.Intent.Domain.PolicyHost,
                "the domain's live policy is at enforce; taking it over would lower it to testing. Lower it where it is served now, then adopt it")
            : null;

    private static Finding? PolicyIsServed(GateInput i) => Shut(i, Check.PolicyServed);

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

    private static Finding? Shut(GateInput input, Check check) => input.Evidence.Of(check) is { } finding and not Finding.Healthy ? finding : null;
}
