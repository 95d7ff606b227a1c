namespace MtaSts.Operator.Resources;

/// <summary>The API group of every kind of ours, and the names that its annotations and labels share.</summary>
public static class ApiGroup
{
    /// <summary>The group.</summary>
    public const string Name = "mta-sts.dev";

    /// <summary>The version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The value of <c>apiVersion</c> in a manifest.</summary>
    public const string ApiVersion = Name + "/" + Version;

    /// <summary>Annotation of the MtaStsClass that policies without <c>spec.className</c> use; its value is "true".</summary>
    public const string DefaultClassAnnotation = Name + "/is-default-class";

    /// <summary>Label of the objects that serve one domain: the domain, shortened where it is longer than a label value may be.</summary>
    public const string DomainLabel = Name + "/domain";

    /// <summary>Label of the objects that belong to one class: the class's name, shortened likewise.</summary>
    public const string ClassLabel = Name + "/class";

    /// <summary>Annotation of the objects that serve one domain: the resource that they serve it for, "namespace/name".</summary>
    public const string OwnerAnnotation = Name + "/owner";

    /// <summary>Annotation of the objects that serve one domain: the domain in full.</summary>
    public const string DomainAnnotation = Name + "/domain";

    /// <summary>Annotation by which Flux asks for a pass now; its value changes with every request.</summary>
    public const string ReconcileRequestedAnnotation = "reconcile.fluxcd.io/requestedAt";
}
