using System.Text.Json.Nodes;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Serving;

/// <summary>An object by which one policy host is reached.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Body">The fields that the operator owns.</param>
public sealed record HostObject(ResourceKind Kind, JsonObject Body)
{
    /// <summary>Where it is.</summary>
    public ObjectKey Key { get; } = new((string?)Body["metadata"]!["namespace"], (string)Body["metadata"]!["name"]!);

    /// <inheritdoc/>
    public override string ToString() => $"{Kind.Kind} {Key}";
}
