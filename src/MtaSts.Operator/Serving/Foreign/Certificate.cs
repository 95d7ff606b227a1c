using k8s.Models;

namespace MtaSts.Operator.Serving.Foreign;

/// <summary>cert-manager's Certificate.</summary>
[KubernetesEntity(Group = GroupName, ApiVersion = "v1", Kind = "Certificate", PluralName = "certificates")]
public sealed class Certificate : ForeignObject
{
    /// <summary>cert-manager's group.</summary>
    public const string GroupName = "cert-manager.io";

    /// <summary>Its first name.</summary>
    public string? Host => Items(Spec, "dnsNames").Select(n => n.GetString()).FirstOrDefault();

    /// <summary>The issuer's name.</summary>
    public string? Issuer => Text(Spec, "issuerRef", "name");

    /// <summary>Whether the Secret holds a certificate that is valid and as asked for.</summary>
    public ForeignCondition? Ready => ConditionIn(Status, "Ready");

    /// <summary>Whether one is being issued; False with the reason Failed where the last attempt came to nothing.</summary>
    public ForeignCondition? Issuing => ConditionIn(Status, "Issuing");
}
