using k8s.Models;

namespace MtaSts.Operator.Serving.Foreign;

/// <summary>A Gateway.</summary>
[KubernetesEntity(Group = GatewayApi.GroupName, ApiVersion = "v1", Kind = "Gateway", PluralName = "gateways")]
public sealed class Gateway : ForeignObject
{
    /// <summary>What it is reached at, in its controller's words: addresses and host names.</summary>
    public IReadOnlyList<string> Addresses => [.. Items(Status, "addresses").Select(a => Text(a, "value")).OfType<string>()];
}
