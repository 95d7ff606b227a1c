using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Core.Mail;

/// <summary>A mail domain: the part behind the @, as a lower-case A-label name without the final dot, e.g. <c>xn--bcher-kva.example</c>.</summary>
public sealed record MailDomain
{
    /// <summary>What stands before a domain in the name of its policy host (rfc8461#3.3).</summary>
    public const string PolicyHostPrefix = "mta-sts.";

    private readonly string _name;

    private MailDomain(string name) => _name = name;

    /// <summary>The host that serves the policy: <c>mta-sts.DOMAIN</c> (rfc8461#3.3).</summary>
    public string PolicyHost => PolicyHostPrefix + _name;

    /// <summary>The name of the STS record: <c>_mta-sts.DOMAIN</c> (rfc8461#3.1).</summary>
    public string StsRecordName => "_mta-sts." + _name;

    /// <summary>The name of the TLSRPT record: <c>_smtp._tls.DOMAIN</c> (rfc8460#3).</summary>
    public string TlsRptRecordName => "_smtp._tls." + _name;

    /// <summary>Reads a domain; U-labels become A-labels, upper case becomes lower case. On failure <paramref name="problem"/> says what is wrong and what to write.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MailDomain? domain, out string problem)
    {
        domain = HostName.TryNormalise(text, out var name, out problem) ? new MailDomain(name) : null;
        return domain is not null;
    }

    /// <summary>Reads a domain that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MailDomain Parse(string text) =>
        TryParse(text, out var domain, out var problem) ? domain : throw new FormatException(problem);

    /// <summary>The name.</summary>
    public override string ToString() => _name;
}
