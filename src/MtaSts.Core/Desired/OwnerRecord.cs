using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Core.Desired;

/// <summary>
/// One TXT value of the companion record set <c>_mtasts-owner.NAME</c>: who owns the records of one type at NAME.
/// </summary>
/// <remarks>
/// <code>
/// value    = field *("," field)
/// field    = key "=" text            ; key: lower-case letters and "-"; text: printable ASCII without ","
/// first    = "heritage=mta-sts-operator"
/// required = "owner" "type" "resource", each once, in any order
/// type     = "A" / "AAAA" / "CNAME" / "TXT"
/// </code>
/// Keys that are not known are read over, so that an older operator still knows what a newer one wrote.
/// </remarks>
/// <param name="Type">The type that is owned.</param>
/// <param name="Owner">By whom.</param>
public sealed record OwnerRecord(RecordType Type, OwnerIdentity Owner)
{
    /// <summary>The label in front of the owned name.</summary>
    public const string Label = "_mtasts-owner";

    private const string Heritage = "heritage=mta-sts-operator";

    /// <summary>The companion record set of a name.</summary>
    public static RecordKey KeyFor(string name) => new($"{Label}.{name}", RecordType.Txt);

    /// <summary>Reads a value. False for everything that is not an owner record in full; such values are somebody else's.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OwnerRecord? record)
    {
        record = null;
        var fields = text.Split(',');
        if (fields[0] != Heritage)
            return false;

        string? owner = null, type = null, resource = null;
        foreach (var field in fields.AsSpan(1))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                return false;
            var value = field[(equals + 1)..];
            var isNew = field[..equals] switch
            {
                "owner" => TrySet(ref owner, value),
                "type" => TrySet(ref type, value),
                "resource" => TrySet(ref resource, value),
                _ => true,
            };
            if (!isNew)
                return false;
        }

        if (TypeOf(type) is not { } recordType || !OwnerIdentity.TryCreate(owner, resource, out var identity, out _))
            return false;
        record = new OwnerRecord(recordType, identity);
        return true;
    }

    /// <summary>The value as it is published.</summary>
    public override string ToString() =>
        $"{Heritage},owner={Owner.OwnerId},type={Type.ToString().ToUpperInvariant()},resource={Owner.Resource}";

    private static RecordType? TypeOf(string? text) => text switch
    {
        "A" => RecordType.A,
        "AAAA" => RecordType.Aaaa,
        "CNAME" => RecordType.Cname,
        "TXT" => RecordType.Txt,
        _ => null,
    };

    private static bool TrySet(ref string? place, string value)
    {
        if (place is not null)
            return false;
        place = value;
        return true;
    }
}
