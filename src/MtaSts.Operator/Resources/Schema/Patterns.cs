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

    /// <summary>An hour and a minute of a day.</summary>
    public const string TimeOfDay = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    /// <summary>The name of a time zone in the IANA data base.</summary>
    public const string TimeZone = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$";

    /// <summary>A DNS label.</summary>
    public const string Label = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>The name of a Kubernetes object.</summary>
    public const string ObjectName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary>An address for TLS reports.</summary>
    public const string ReportUri = "^(mailto:|https://).+$";

    /// <summary>A network in CIDR notation.</summary>
    public const string Network = "^[0-9a-fA-F:.]+/[0-9]{1,3}$";

    /// <summary>The address of an HTTP API.</summary>
    public const string Url = "^https?://[^ ]+$";

    /// <summary>Most characters of the address of an HTTP API.</summary>
    public const int UrlCharsMax = 512;

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

    /// <summary>Most characters of the name of a time zone; the longest in the data base has 32.</summary>
    public const int TimeZoneCharsMax = 64;

    /// <summary>Most characters of a date and time (RFC 3339).</summary>
    public const int MomentCharsMax = 40;

    /// <summary>Most characters of a note for people.</summary>
    public const int NoteCharsMax = 200;

    /// <summary>Most characters of an address for TLS reports.</summary>
    public const int ReportUriCharsMax = 512;
}
