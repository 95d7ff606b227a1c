namespace MtaSts.Core.Desired;

/// <summary>Which values of a record set are ours to replace, once the set is ours.</summary>
public enum RecordScope
{
    /// <summary>TXT values that senders read as an STS record. All others at the name are siblings.</summary>
    StsTxt,

    /// <summary>TXT values that senders read as a TLSRPT record. All others at the name are siblings.</summary>
    TlsRptTxt,

    /// <summary>Every value of the type (A, AAAA, CNAME of the policy host). A CNAME excludes the other types at its name.</summary>
    WholeSet,
}

/// <summary>A record set that we want.</summary>
/// <param name="Desired">The values wanted; none means that ours shall go away. Names are lower case.</param>
/// <param name="Scope">What is ours to replace in the set.</param>
public sealed record OwnedRecord(RecordSet Desired, RecordScope Scope)
{
    /// <summary>Name and type.</summary>
    public RecordKey Key => Desired.Key;

    /// <summary>The same record, to be taken away.</summary>
    public OwnedRecord Removed() => this with { Desired = Desired with { Values = Desired.Values.Clear() } };

    /// <summary>True when a value of the set is in our place; false for siblings.</summary>
    public bool Covers(string value) => IsInPlace(value, Scope);

    /// <summary>True when a value at the name is one that a record of the scope takes the place of; false for siblings.</summary>
    public static bool IsInPlace(string value, RecordScope scope) => scope switch
    {
        RecordScope.StsTxt => HasVersion(value, "v=STSv1"), // rfc8461#3.1: %s, so the case counts.
        RecordScope.TlsRptTxt => HasVersion(value, "v=TLSRPTv1"), // rfc8460#3: likewise.
        _ => true,
    };

    // "v=STSv1" by itself or before other text than ";" is broken, yet plainly meant; "v=STSv10" is another version.
    private static bool HasVersion(string value, string version) =>
        value.StartsWith(version, StringComparison.Ordinal)
        && (value.Length == version.Length || !char.IsAsciiLetterOrDigit(value[version.Length]));
}
