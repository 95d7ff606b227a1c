namespace MtaSts.Core.Observations;

/// <summary>The checks, by the names that status, metrics and CLI use.</summary>
public enum Check
{
    /// <summary>The policy is served over HTTPS as a sender fetches it, byte for byte, at every address.</summary>
    PolicyServed,

    /// <summary>The certificate of the policy host lives long enough.</summary>
    CertificateLifetime,

    /// <summary>Every authoritative server and every resolver gives exactly one STSv1 record, with our id.</summary>
    TxtRecord,

    /// <summary>The same for the TLSRPT record.</summary>
    TlsRptRecord,

    /// <summary>Every live MX matches a served pattern.</summary>
    MxCoverage,

    /// <summary>Every MX, at every address, offers STARTTLS with a certificate that a sender accepts.</summary>
    MxTls,
}

/// <summary>One check and what it found.</summary>
/// <param name="Check">Which check.</param>
/// <param name="Finding">What it found.</param>
public sealed record CheckResult(Check Check, Finding Finding);
