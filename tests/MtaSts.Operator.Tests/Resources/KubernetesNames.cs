using System.Text.RegularExpressions;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>What the API server takes for a name, beside its length.</summary>
internal static partial class KubernetesNames
{
    /// <summary>Of a Service: a label of RFC 1035.</summary>
    [GeneratedRegex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    public static partial Regex Service();

    /// <summary>Of most objects: a DNS name.</summary>
    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    public static partial Regex Object();

    /// <summary>Of roles and their bindings: a segment of a path.</summary>
    [GeneratedRegex("^[^/%]+$")]
    public static partial Regex Role();

    /// <summary>A value of a label.</summary>
    [GeneratedRegex("^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")]
    public static partial Regex LabelValue();
}
