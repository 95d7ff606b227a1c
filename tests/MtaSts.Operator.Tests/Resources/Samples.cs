using k8s.Models;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>Valid resources to change one thing of.</summary>
internal static class Samples
{
    public static MtaStsPolicySpec PolicySpec { get; } = new() { Domain = "example.com", Mx = ["mx1.example.com", "*.mail.example.net"] };

    public static MtaStsClassSpec ClassSpec { get; } = new()
    {
        DnsProviderRef = new DnsProviderReference { Name = "bind" },
        Serving = new ServingSpec { Namespace = "mta-sts", Image = "policy-server:1" },
    };

    public static DnsProviderSpec ProviderSpec { get; } = new() { Rfc2136 = new Rfc2136Spec { Server = "192.0.2.53" } };

    public static ClassSettings Settings => ClassReader.Read(Class(ClassSpec)).Value!;

    public static MtaStsPolicy Policy(MtaStsPolicySpec spec, MtaStsPolicyStatus? status = null) =>
        new() { Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "team-a" }, Spec = spec, Status = status };

    public static MtaStsClass Class(MtaStsClassSpec spec, string name = "default") => new() { Metadata = new V1ObjectMeta { Name = name }, Spec = spec };

    public static ClusterDnsProvider Provider(DnsProviderSpec spec) => new() { Metadata = new V1ObjectMeta { Name = "bind" }, Spec = spec };

    public static ServingSettings Serving(string className = "default", Func<ServingSpec, ServingSpec>? change = null)
    {
        var spec = ClassSpec with { Serving = (change ?? (s => s))(ClassSpec.Serving) };
        return ClassReader.Read(Class(spec, className)).Value!.Serving;
    }
}
