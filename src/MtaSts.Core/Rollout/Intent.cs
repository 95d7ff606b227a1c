using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Rollout;

/// <summary>How far the owner wants the domain to go.</summary>
public enum TargetMode
{
    /// <summary>To the last stage.</summary>
    Enforce,

    /// <summary>To the last testing stage.</summary>
    Testing,

    /// <summary>The policy says that there is none.</summary>
    None,
}

/// <summary>What to do about records that are there already and not ours.</summary>
public enum Adoption
{
    /// <summary>Touch nothing and say so.</summary>
    Refuse,

    /// <summary>Take them over.</summary>
    Adopt,
}

/// <summary>What the deletion of the resource does to what it published.</summary>
public enum DeletionPolicy
{
    /// <summary>The policy becomes mode none, and goes when no sender holds an older one. An MtaStsRetirement sees to it.</summary>
    Retire,

    /// <summary>Records and policy are removed at once.</summary>
    Delete,

    /// <summary>Records and policy stay as they are, unattended.</summary>
    Orphan,
}

/// <summary>What the failure of an enforced domain's mail servers leads to.</summary>
public enum OnRegression
{
    /// <summary>An alarm; the domain stays enforced.</summary>
    Hold,

    /// <summary>An alarm, and back to the last testing stage once the failure is confirmed.</summary>
    StepBack,
}

/// <summary>What the owner and the platform want for one domain: resource and class, read, checked and merged.</summary>
public sealed record Intent
{
    /// <summary>The mail domain.</summary>
    public required MailDomain Domain { get; init; }

    /// <summary>The patterns of <c>spec.mx</c>; at least one, no two alike.</summary>
    public required ImmutableArray<MxPattern> Mx { get; init; }

    /// <summary>The stages of the class in their order; the first one testing, testing stages before enforce stages, names unique.</summary>
    public required ImmutableArray<Stage> Stages { get; init; }

    /// <summary>How far to go.</summary>
    public TargetMode Target { get; init; } = TargetMode.Enforce;

    /// <summary>True: hold the stage; keep publishing and watching.</summary>
    public bool Paused { get; init; }

    /// <summary>The stages that the owner approved.</summary>
    public ImmutableHashSet<string> ApprovedStages { get; init; } = [];

    /// <summary>The TLSRPT record, or null for none.</summary>
    public TlsRptRecord? TlsReporting { get; init; }

    /// <summary>How often a settled domain is observed; at least one second.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The life that the policy host's certificate must have left.</summary>
    public required TimeSpan CertificateLifeMin { get; init; }

    /// <summary>
    /// How long after a document was handed over a replica of the policy server may still answer with the one before; not negative. From outside that cannot
    /// be seen where several replicas are behind one address. Zero where one replica, or each one's address, is looked at.
    /// </summary>
    public TimeSpan ServingSpread { get; init; }

    /// <summary>What to do about foreign records.</summary>
    public Adoption Adoption { get; init; } = Adoption.Refuse;

    /// <summary>Where the records are written that the domain's names lead to by CNAMEs; null where they are written at the names themselves.</summary>
    public Delegation? Delegation { get; init; }

    /// <summary>What deletion does.</summary>
    public DeletionPolicy Deletion { get; init; } = DeletionPolicy.Retire;

    /// <summary>True: when the domain is taken down, do not wait until senders have forgotten its policies. They go on refusing what those forbid.</summary>
    public bool RemovesEarly { get; init; }

    /// <summary>What a failure of an enforced domain's mail servers leads to.</summary>
    public OnRegression OnRegression { get; init; } = OnRegression.Hold;

    /// <summary>How such a failure is confirmed.</summary>
    public StepBackRule StepBack { get; init; } = StepBackRule.Default;

    /// <summary>When domains may move up; none at all: at any time.</summary>
    public ImmutableArray<PromotionWindow> Windows { get; init; } = [];

    /// <summary>When no domain moves up.</summary>
    public ImmutableArray<Freeze> Freezes { get; init; } = [];

    /// <summary>How the domains of the class move up together.</summary>
    public FleetRule FleetRule { get; init; } = FleetRule.None;

    /// <summary>Whether live records may be taken over though at which mode their domain is cannot be told from the stages.</summary>
    /// <remarks>Who wants no policy any more does not ask that of a record of his own, whose policy nobody can tell after a lost status.</remarks>
    internal bool TakesUnexplained(LiveOwner owner) => Adoption == Adoption.Adopt || (Target == TargetMode.None && owner == LiveOwner.Us);
}
