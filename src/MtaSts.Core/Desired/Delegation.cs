using System.Diagnostics.CodeAnalysis;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Desired;

/// <summary>
/// Records that are written below a suffix of the platform's, to which the domain's owner leads by a CNAME at each name. Where a record is written follows from its
/// name and the suffix alone. What a CNAME says is looked at and never followed to decide it: else whoever has a zone could have us write at another domain's names.
/// </summary>
public sealed record Delegation
{
    private Delegation(string suffix) => Suffix = suffix;

    /// <summary>The suffix: a host name of at least two labels, lower case, without the final dot.</summary>
    public string Suffix { get; }

    /// <summary>Reads a suffix. On failure <paramref name="problem"/> says what is wrong.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Delegation? delegation, out string problem)
    {
        delegation = HostName.TryNormalise(text, out var suffix, out problem) ? new Delegation(suffix) : null;
        return delegation is not null;
    }

    /// <summary>Reads a suffix that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Delegation Parse(string text) =>
        TryParse(text, out var delegation, out var problem) ? delegation : throw new FormatException(problem);

    /// <summary>Where the records of a name are written: no two names have the same place.</summary>
    public string PlaceOf(string name) => $"{name}.{Suffix}";

    /// <summary>The CNAME by which the domain's owner leads a name to its place.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ttlSeconds">Its TTL.</param>
    public RecordSet AliasOf(string name, long ttlSeconds) => RecordSet.Of(name, RecordType.Cname, ttlSeconds, PlaceOf(name));

    /// <summary>By how many characters the longest name that is written for a domain, a companion's, exceeds what the DNS takes; 0 where all names fit.</summary>
    public int CharsTooMany(MailDomain domain) => Math.Max(0, PlaceOf(OwnerRecord.KeyFor(domain.TlsRptRecordName).Name).Length - HostName.NameCharsMax);

    /// <summary>The suffix.</summary>
    public override string ToString() => Suffix;
}
