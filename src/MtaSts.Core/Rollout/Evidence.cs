using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Rollout;

/// <summary>Whose the live STS record is.</summary>
public enum LiveOwner
{
    /// <summary>Nobody's: there is none.</summary>
    None,

    /// <summary>Ours: the companion beside it carries our owner id.</summary>
    Us,

    /// <summary>Somebody else's, and not marked as anybody's.</summary>
    Other,

    /// <summary>Marked as another installation's, alone or beside us.</summary>
    OtherInstallation,

    /// <summary>Not known: the servers gave no definite answer.</summary>
    Unknown,
}

/// <summary>One round of observations, judged.</summary>
public sealed record Evidence
{
    /// <summary>Every check's results; a check has one result, or one for each subject that is not healthy.</summary>
    public required ImmutableArray<CheckResult> Checks { get; init; }

    /// <summary>The live MX hosts; meaningful only when <see cref="LiveMxKnown"/>.</summary>
    public ImmutableArray<string> LiveMx { get; init; } = [];

    /// <summary>True when the live MX hosts are all known.</summary>
    public bool LiveMxKnown { get; init; }

    /// <summary>The longest TTL of the MX records at their authoritative servers.</summary>
    public long MxTtlSeconds { get; init; }

    /// <summary>Whose the live STS record is.</summary>
    public LiveOwner Owner { get; init; } = LiveOwner.Unknown;

    /// <summary>The id in the one live STS record, or null.</summary>
    public PolicyId? LiveId { get; init; }

    /// <summary>The longest TTL with which an authoritative server gives that record.</summary>
    public long LiveTtlSeconds { get; init; }

    /// <summary>The longest TTL with which the address of the policy host is given: for so long a sender may go to the address of before.</summary>
    public long HostTtlSeconds { get; init; }

    /// <summary>The policy that is live at the policy host, or null where none could be read.</summary>
    public StsPolicy? LivePolicy { get; init; }

    /// <summary>True when it is certain that no sender gets a policy from the policy host, and so not for want of an answer.</summary>
    public bool LivePolicyIsAbsent { get; init; }

    /// <summary>What somebody else's record says, for messages; empty when there is none.</summary>
    public string LiveRecord { get; init; } = "";

    /// <summary>Since when this process has looked at the domain without a break.</summary>
    public required DateTimeOffset WatchedSince { get; init; }

    /// <summary>The other domains of the class.</summary>
    public Fleet Fleet { get; init; } = Fleet.None;

    /// <summary>The checks whose health the soak clock counts.</summary>
    public static readonly ImmutableArray<Check> Soaked =
        [Check.PolicyServed, Check.CertificateLifetime, Check.TxtRecord, Check.TlsRptRecord, Check.MxCoverage, Check.MxTls];

    /// <summary>The checks by which a sender of an enforced domain refuses to deliver.</summary>
    public static readonly ImmutableArray<Check> Refusing = [Check.MxCoverage, Check.MxTls];

    // What keeps mail away whatever the policy says. Testing would not bring it in, and whoever can cut a mail server off shall not bring testing about (promise 7).
    private static readonly ImmutableHashSet<Reason> Unpolicied =
        [Reason.MxUnreachable, Reason.MxTimedOut, Reason.MxHostNoAddress, Reason.MxMalformed, Reason.MxNull, Reason.MxMissing];

    /// <summary>The worst finding of several checks.</summary>
    public Finding Worst(ImmutableArray<Check> checks) => Finding.Worst(checks.Select(Of));

    /// <summary>The same as one word: true healthy, false broken, null unknown. One broken check outweighs any number of unknown ones (promise 6).</summary>
    public bool? Verdict(ImmutableArray<Check> checks) => Worst(checks) switch
    {
        Finding.Healthy => true,
        Finding.Broken => false,
        _ => null,
    };

    /// <summary>
    /// Whether a sender of an enforced domain would deliver, as far as the policy decides that: true yes, false it refuses a mail server for what the server shows,
    /// null not known; a mail server that nobody reaches shows nothing.
    /// </summary>
    public bool? Delivery() => Finding.Worst(Refusing.SelectMany(FindingsOf).Select(f => f is Finding.Broken { Reason: var why } broken && Unpolicied.Contains(why)
        ? new Finding.Unknown(why, broken.Subject, broken.Message)
        : f)) switch
    {
        Finding.Healthy => true,
        Finding.Broken => false,
        _ => null,
    };

    /// <summary>The worst finding of a check; Unknown when it has no result.</summary>
    public Finding Of(Check check) => Finding.Worst(FindingsOf(check));

    /// <summary>
    /// The same, as far as it still holds once a step is decided: what was judged against a document or an id that the step replaces says nothing of the new
    /// one (promise 6). Whoever reads the status must not take the record of before for the one that is yet to be written.
    /// </summary>
    /// <param name="domain">The domain.</param>
    /// <param name="judged">The state that it was judged against.</param>
    /// <param name="next">The state that was decided.</param>
    public Evidence After(MailDomain domain, RolloutState judged, RolloutState next)
    {
        var checks = Checks;
        if (next.Served is not null && next.Served != judged.Served)
        {
            checks = Unseen(checks, Check.PolicyServed, Reason.PolicyPropagating, domain.PolicyHost, "The document that is now to be served has not been seen yet.");
        }

        if (next.PublishedId is not null && next.PublishedId != judged.PublishedId)
        {
            checks = Unseen(checks, Check.TxtRecord, Reason.RecordPropagating, domain.StsRecordName, "The record that is now to be written has not been seen yet.");
        }

        return this with { Checks = checks };
    }

    private static ImmutableArray<CheckResult> Unseen(ImmutableArray<CheckResult> checks, Check check, Reason reason, string subject, string message)
    {
        var at = checks.TakeWhile(c => c.Check != check).Count();
        return checks.RemoveAll(c => c.Check == check).Insert(at, new CheckResult(check, new Finding.Unknown(reason, subject, message)));
    }

    private IEnumerable<Finding> FindingsOf(Check check) => Checks.Where(c => c.Check == check).Select(c => c.Finding)
        .DefaultIfEmpty(new Finding.Unknown(Reason.NotObservedYet, check.ToString(), "the check has not run yet"));
}
