using k8s.Models;

namespace MtaSts.Operator.Resources;

/// <summary>When objects were created.</summary>
internal static class CreationTimes
{
    /// <summary>The moment, in whole seconds, as the API server says it; null before it has.</summary>
    public static DateTimeOffset? CreatedAt(this V1ObjectMeta metadata) =>
        metadata.CreationTimestamp is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
}
