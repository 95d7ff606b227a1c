using k8s.Models;

namespace MtaSts.Operator.Serving.Foreign;

/// <summary>An HTTPRoute.</summary>
[KubernetesEntity(Group = GatewayApi.GroupName, ApiVersion = "v1", Kind = "HTTPRoute", PluralName = "httproutes")]
public sealed class HttpRoute : ForeignObject
{
    /// <summary>What speaks against it: the first condition Accepted or ResolvedRefs of a parent that is False; null where none is.</summary>
    public ForeignCondition? Refusal => Items(Status, "parents")
        .SelectMany(parent => new[] { ConditionIn(parent, "Accepted"), ConditionIn(parent, "ResolvedRefs") }).OfType<ForeignCondition>()
        .FirstOrDefault(c => c.Status == "False");
}
