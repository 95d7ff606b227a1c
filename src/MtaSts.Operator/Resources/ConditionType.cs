namespace MtaSts.Operator.Resources;

/// <summary>The types of the conditions. Ready, Reconciling and Stalled mean what kstatus takes them for.</summary>
public static class ConditionType
{
    /// <summary>All is as it should be now; a healthy soak is ready.</summary>
    public const string Ready = "Ready";

    /// <summary>The operator is at work on a change; absent when it is not.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>Nothing will change until somebody acts; absent when that is not so, and never beside Reconciling.</summary>
    public const string Stalled = "Stalled";

    /// <summary>The resource is valid and its class lets it act.</summary>
    public const string Accepted = "Accepted";

    /// <summary>This resource, and no older one, acts for the domain.</summary>
    public const string DomainClaimed = "DomainClaimed";

    /// <summary>The certificate of the policy host is good and lives long enough.</summary>
    public const string CertificateReady = "CertificateReady";

    /// <summary>The policy is served, as seen from outside.</summary>
    public const string PolicyServed = "PolicyServed";

    /// <summary>The records are published, as seen from outside.</summary>
    public const string DnsPublished = "DnsPublished";

    /// <summary>The mail servers are covered by the policy and offer good TLS.</summary>
    public const string MxHealthy = "MxHealthy";

    /// <summary>The rollout goes on, or says what holds it.</summary>
    public const string Progressing = "Progressing";

    /// <summary>The domain is enforced and a check is broken; absent when that is not so.</summary>
    public const string Degraded = "Degraded";

    /// <summary>Of a class: its policy server has ready replicas.</summary>
    public const string ServingReady = "ServingReady";
}
