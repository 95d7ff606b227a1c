using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Sts;

/// <summary>What the two TXT records have in common: a version tag, then fields, with semicolons between (rfc8461#3.1, rfc8460#3).</summary>
internal static class RecordText
{
    private const int NameCharsMax = 32;

    private static readonly char[] Wsp = [' ', '\t'];

    /// <summary>A field as it stands in the record.</summary>
    public readonly record struct Field(string Name, string Value);

    /// <summary>
    /// The fields after the version tag, in order. What does not follow
    /// <c>version 1*(field-delim field) [field-delim]</c> with <c>field-delim = *WSP ";" *WSP</c> is added to <paramref name="faults"/>.
    /// Values are cut out, not judged. Null where the version tag is not there: then the record is of another kind.
    /// </summary>
    public static List<Field>? Split(string txt, string version, FaultList faults)
    {
        var fields = new List<Field>();
        var parts = txt.Split(';');
        if (!VersionIs(parts[0], version, last: parts.Length == 1, faults))
        {
            return null;
        }

        for (var i = 1; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            var text = parts[i].TrimStart(Wsp);
            if (text.Length == 0 && last)
            {
                break; // the optional delimiter at the end
            }

            // White space belongs to the delimiter that follows; at the very end there is none, so nothing allows it there.
            var field = last ? text : text.TrimEnd(Wsp);
            if (field.Length == 0)
            {
                faults.Error(Reason.SyntaxInvalid, 1, "there is nothing between two semicolons; remove one");
                continue;
            }

            if (field.TrimEnd(Wsp).Length < field.Length)
            {
                faults.Error(Reason.SyntaxInvalid, 1, "the record ends with white space that no semicolon follows; remove it");
                field = field.TrimEnd(Wsp);
            }

            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !IsName(field.AsSpan(0, equals)))
            {
                faults.Error(Reason.SyntaxInvalid, 1, $"{Excerpt.Of(field)} is not a field; write name=value without spaces, the name 1 to {NameCharsMax} letters, digits, \"_\", \"-\" and \".\", a letter or digit first");
                continue;
            }

            fields.Add(new Field(field[..equals], field[(equals + 1)..]));
        }

        return fields;
    }

    /// <summary>Judges the value of an extension, or of a field that is ignored: <c>1*(%x21-3A / %x3C / %x3E-7E)</c>.</summary>
    public static void CheckExtension(Field field, FaultList faults)
    {
        if (field.Value.Length == 0 || field.Value.Any(c => c is < '!' or > '~' or '='))
        {
            faults.Error(
                field.Value.Any(c => c > '~') ? Reason.NotAscii : Reason.SyntaxInvalid,
                1,
                $"the value of {Excerpt.Of(field.Name)} is {Excerpt.Of(field.Value)}; it has to be printable ASCII without spaces, \"=\" and \";\", and not empty");
        }
    }

    /// <summary><c>(ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")</c>, the names of all fields in records and policies.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > NameCharsMax || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The records at a name that are of this kind (rfc8461#3.1, rfc8460#3): those that begin with the version tag and a semicolon. White space before
    /// the semicolon is what the grammar allows and this rule does not, so it passes only where the record is alone and there is nothing to choose.
    /// </summary>
    public static IReadOnlyList<string> OfKind(IReadOnlyList<string> records, string version)
    {
        bool Begins(string txt) => txt.StartsWith(version + ";", StringComparison.Ordinal);
        bool BeginsAlone(string txt) => txt.StartsWith(version, StringComparison.Ordinal) && txt.AsSpan(version.Length).TrimStart(" \t") is [';', ..];
        return records.Count == 1 ? [.. records.Where(BeginsAlone)] : [.. records.Where(Begins)];
    }

    /// <summary>The reading of a name at which there is not exactly one record of the kind.</summary>
    public static Reading<T> NotOne<T>(IReadOnlyList<string> all, IReadOnlyList<string> ours, string version)
        where T : class
    {
        var faults = new FaultList();
        if (ours.Count == 0)
        {
            faults.Error(Reason.RecordMissing, 0, $"none of {all.Count} TXT records at the name begins with \"{version};\"");
        }
        else
        {
            faults.Error(Reason.RecordDuplicate, 0, $"{ours.Count} TXT records at the name begin with \"{version};\"; senders take that as none");
        }

        return faults.Close<T>(() => throw new System.Diagnostics.UnreachableException(), string.Join('\n', all));
    }


    private static bool VersionIs(string first, string version, bool last, FaultList faults)
    {
        if (first == version || (first.TrimEnd(Wsp) == version && !last))
        {
            if (first.Length > version.Length)
            {
                faults.Warning(Reason.VersionSpaced, 1, $"there is white space between {version} and its semicolon; senders that look for \"{version};\" do not find the record");
            }

            return true;
        }

        if (first.StartsWith("v=", StringComparison.Ordinal))
        {
            faults.Error(Reason.VersionUnknown, 1, $"the record begins with {Excerpt.Of(first)}; write {version} exactly so, then a semicolon");
        }
        else
        {
            var hint = first.TrimStart().StartsWith('"') ? "; leave out the quotes of the zone file" : "";
            faults.Error(Reason.VersionMissing, 1, $"the record begins with {Excerpt.Of(first)}; write {version} exactly so, then a semicolon{hint}");
        }

        return false;
    }
}
