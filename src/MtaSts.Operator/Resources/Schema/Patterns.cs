namespace MtaSts.Operator.Resources.Schema;

/// <summary>Regular expressions and bounds that several fields share. RE2 knows no look-around, so they say less than the readers check.</summary>
internal static class Patterns
{
    /// <summary>A lower-case A-label name of two labels or more.</summary>
    public const string Domain = @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>The same, or a wildcard of one label and such a name.</summary>
    public const string MxPattern = @"^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>The same as a name or a "*." suffix, of one label or more.</summary>
    public const string DomainRule = @"^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>A whole number and a unit, once or more.</summary>
    public const string Duration = "^([0-9]+[wdhms])+$";

    /// <summary>A DNS label.</summary>
    public const string Label = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>The name of a Kubernetes object.</summary>
    public const string ObjectName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary>An address for TLS reports.</summary>
    public const string ReportUri = "^(mailto:|https://).+$";

    /// <summary>Most characters of a DNS name (rfc1035#2.3.4).</summary>
    public const int NameCharsMax = 253;

    /// <summary>Most characters of a DNS label (rfc1035#2.3.4).</summary>
    public const int LabelCharsMax = 63;

    /// <summary>
    /// Most characters of a mail domain: the longest name that is published for it, the companion of the TLSRPT record
    /// (<c>_mtasts-owner._smtp._tls.DOMAIN</c>), must fit into 253.
    /// </summary>
    public const int DomainCharsMax = NameCharsMax - 25;

    /// <summary>Most characters of a duration.</summary>
    public const int DurationCharsMax = 32;

    /// <summary>Most characters of an address for TLS reports.</summary>
    public const int ReportUriCharsMax = 512;
}
