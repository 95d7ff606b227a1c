using k8s.Models;

namespace MtaSts.Operator.Serving.Foreign;

/// <summary>A ListenerSet: listeners that are added to a Gateway.</summary>
[KubernetesEntity(Group = GatewayApi.GroupName, ApiVersion = "v1", Kind = "ListenerSet", PluralName = "listenersets")]
public sealed class ListenerSet : ForeignObject
{
    /// <summary>Whether the Gateway takes it.</summary>
    public ForeignCondition? Accepted => ConditionIn(Status, "Accepted");

    /// <summary>Whether the Gateway works by it.</summary>
    public ForeignCondition? Programmed => ConditionIn(Status, "Programmed");
}
