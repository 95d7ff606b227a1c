using k8s.Models;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Tenancy;

/// <summary>The resources of a platform with tenants.</summary>
internal static class Tenants
{
    public static readonly DateTime T0 = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static readonly DnsProviderSpec WithKey = new()
    {
        PowerDns = new PowerDnsSpec { Url = "https://pdns.example.net", ApiKeySecretRef = new SecretKeyReference { Name = "key" } },
    };

    public static ProviderSettings Settings(string? space) =>
        ProviderReader.Read(space is null ? new ClusterDnsProvider { Metadata = new V1ObjectMeta { Name = "p" }, Spec = WithKey } : Own(space, WithKey), "cluster-a").Value!;

    public static DnsProvider Own(string space, DnsProviderSpec spec, string name = "own") =>
        new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space, ResourceVersion = "1" }, Spec = spec };

    public static MtaStsPolicy Policy(string space, MtaStsPolicySpec spec, DateTime? at = null, MtaStsPolicyStatus? status = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = space, Uid = $"{space}/{spec.Domain}", CreationTimestamp = at ?? T0, ResourceVersion = "1" },
        Spec = spec,
        Status = status,
    };

    public static MtaStsPolicySpec Spec(string domain, string? own = null) =>
        Samples.PolicySpec with { Domain = domain, DnsProviderRef = own is null ? null : new OwnProviderReference { Name = own } };

    public static MtaStsClass Class(Func<MtaStsClassSpec, MtaStsClassSpec> change)
    {
        var made = Samples.Class(change(Samples.ClassSpec));
        made.Metadata.ResourceVersion = "1";
        made.Metadata.CreationTimestamp = T0;
        made.Metadata.Annotations = new Dictionary<string, string> { [ApiGroup.DefaultClassAnnotation] = "true" };
        return made;
    }

    public static ClusterDnsProvider Platform()
    {
        var made = Samples.Provider(Samples.ProviderSpec);
        made.Metadata.ResourceVersion = "1";
        return made;
    }
}
