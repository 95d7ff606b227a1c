using MtaSts.Core.Mail;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Serving;

/// <summary>The labels by which the objects of a class are found.</summary>
public static class ServingLabels
{
    /// <summary>Who manages the objects.</summary>
    public const string ManagedBy = "mta-sts-operator";

    /// <summary>A label selector for everything that the operator manages.</summary>
    public const string ManagedSelector = "app.kubernetes.io/managed-by=" + ManagedBy;

    /// <summary>The labels of every object of a class.</summary>
    public static Dictionary<string, string> OfClass(string className) => new(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = "mta-sts-policy-server",
        ["app.kubernetes.io/instance"] = ServingNames.LabelValue(className),
        ["app.kubernetes.io/component"] = "policy-server",
        ["app.kubernetes.io/part-of"] = "mta-sts",
        ["app.kubernetes.io/managed-by"] = ManagedBy,
        [ApiGroup.ClassLabel] = ServingNames.LabelValue(className),
    };

    /// <summary>The labels of an object that serves one domain.</summary>
    public static Dictionary<string, string> OfDomain(string className, MailDomain domain)
    {
        var labels = OfClass(className);
        labels[ApiGroup.DomainLabel] = ServingNames.LabelValue(domain.ToString());
        return labels;
    }

    /// <summary>The labels that tell a class's pods from others; they cannot change in the life of a Deployment.</summary>
    public static Dictionary<string, string> PodSelector(string className) => new(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = "mta-sts-policy-server",
        ["app.kubernetes.io/instance"] = ServingNames.LabelValue(className),
    };
}
