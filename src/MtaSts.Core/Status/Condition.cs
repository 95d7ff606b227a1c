using MtaSts.Core.Observations;

namespace MtaSts.Core.Status;

/// <summary>The conditions of a policy, by the names that the status uses.</summary>
public enum ConditionType
{
    /// <summary>The domain is published as its stage wants it, and no check is broken. A healthy soak is ready.</summary>
    Ready,

    /// <summary>Something is being published or is spreading (kstatus).</summary>
    Reconciling,

    /// <summary>Somebody has to act before anything goes on (kstatus). Never true together with Reconciling.</summary>
    Stalled,

    /// <summary>The resource, its class and its provider are valid and may be used together.</summary>
    Accepted,

    /// <summary>The domain is this resource's.</summary>
    DomainClaimed,

    /// <summary>The policy host's certificate is what a sender accepts.</summary>
    CertificateReady,

    /// <summary>The policy is served as a sender fetches it.</summary>
    PolicyServed,

    /// <summary>The records are in the DNS as they should be.</summary>
    DnsPublished,

    /// <summary>The mail servers are covered by the policy and offer TLS as it promises.</summary>
    MxHealthy,

    /// <summary>The rollout is on its way to the next stage.</summary>
    Progressing,

    /// <summary>The domain is enforced and a check is broken: the alarm. Never true otherwise.</summary>
    Degraded,
}

/// <summary>Status of a condition.</summary>
public enum ConditionStatus
{
    /// <summary>It holds.</summary>
    True,

    /// <summary>It does not.</summary>
    False,

    /// <summary>It is not known.</summary>
    Unknown,
}

/// <summary>One condition.</summary>
/// <param name="Type">Which.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">Why.</param>
/// <param name="Message">One sentence. It changes only with what it tells of, never with time alone.</param>
public sealed record Condition(ConditionType Type, ConditionStatus Status, Reason Reason, string Message);
