using System.Collections.Immutable;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>What a class does not let a policy do.</summary>
/// <param name="Reason"><see cref="Reason.NamespaceNotAllowed"/>, <see cref="Reason.DomainNotAllowed"/> or <see cref="Reason.ProviderNotAllowed"/>.</param>
/// <param name="Field">The field, what is wrong and what to do.</param>
public sealed record RightsProblem(Reason Reason, FieldProblem Field);

/// <summary>Who may use a class, for which domains.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Namespaces">The namespaces.</param>
/// <param name="Domains">The domains; none at all means every domain.</param>
public sealed record ClassRights(string ClassName, LabelSelector Namespaces, ImmutableArray<DomainRule> Domains)
{
    private const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary>Null when a policy in the namespace may use the class for the domain; else why not.</summary>
    /// <param name="namespaceName">The policy's namespace.</param>
    /// <param name="namespaceLabels">That namespace's labels.</param>
    /// <param name="domain">The policy's domain.</param>
    public RightsProblem? Allows(string namespaceName, IReadOnlyDictionary<string, string> namespaceLabels, MailDomain domain)
    {
        // API servers set this label since 1.21 only; selectors that name it shall mean the same on older ones.
        var labels = namespaceLabels.ToImmutableDictionary().SetItem(NamespaceNameLabel, namespaceName);
        if (!Namespaces.Matches(labels))
        {
            return new RightsProblem(
                Reason.NamespaceNotAllowed,
                new FieldProblem(
                    "metadata.namespace",
                    $"is \"{namespaceName}\", whose labels class \"{ClassName}\" does not allow",
                    "ask the platform team, or name another class in spec.className"));
        }

        return Domains.IsEmpty || Domains.Any(rule => rule.Covers(domain))
            ? null
            : new RightsProblem(
                Reason.DomainNotAllowed,
                new FieldProblem(
                    "spec.domain",
                    $"is \"{domain}\", which class \"{ClassName}\" does not allow",
                    "ask the platform team, or name another class in spec.className"));
    }
}
