namespace MtaSts.Operator.Resources.Schema;

/// <summary>The names and the scope of a kind in its CRD.</summary>
/// <param name="singular">The name of one.</param>
/// <param name="namespaced">True for a kind whose objects live in namespaces.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceNamesAttribute(string singular, bool namespaced) : Attribute
{
    /// <summary>The name of one.</summary>
    public string Singular { get; } = singular;

    /// <summary>True for a kind whose objects live in namespaces.</summary>
    public bool Namespaced { get; } = namespaced;

    /// <summary>A short name for <c>kubectl get</c>, or null.</summary>
    public string? ShortName { get; init; }

    /// <summary>The category of all kinds of ours.</summary>
    public const string Category = "mail";
}
