namespace MtaSts.Kubernetes;

/// <summary>A part of a kind's objects.</summary>
/// <param name="Namespace">Those of this namespace; null for all.</param>
/// <param name="Name">The one of this name; null for all.</param>
public sealed record InformerScope(string? Namespace, string? Name)
{
    /// <summary>Whether an object is one of them.</summary>
    public bool Holds(ObjectKey key) => (Namespace is null || key.Namespace == Namespace) && (Name is null || key.Name == Name);
}
