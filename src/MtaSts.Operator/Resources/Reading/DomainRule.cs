using MtaSts.Core.Mail;

namespace MtaSts.Operator.Resources.Reading;

/// <summary>Domains that a class serves: one name, or all names below one.</summary>
/// <param name="Name">The name, a lower-case A-label name without the final dot.</param>
/// <param name="Below">True for all names below it at any depth, and not the name itself; false for the name alone.</param>
public sealed record DomainRule(string Name, bool Below)
{
    /// <summary>True when the rule covers the domain.</summary>
    public bool Covers(MailDomain domain)
    {
        var name = domain.ToString();
        return Below ? name.EndsWith("." + Name, StringComparison.Ordinal) : name == Name;
    }

    internal static DomainRule? Read(string path, string value, Problems problems)
    {
        var below = value.StartsWith("*.", StringComparison.Ordinal);
        var text = below ? value[2..] : value;

        // A suffix may be a single label: *.example.
        HostName.TryNormaliseAny(text, out var name, out var problem);
        return problems.Name(path, text, name, problem, "write a domain such as example.com, or *.example.com for all below it")
            ? new DomainRule(text, below)
            : null;
    }
}
