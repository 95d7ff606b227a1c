using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;

namespace MtaSts.Core.Sts;

/// <summary>
/// Reads a policy by the grammar of rfc8461#3.2. It takes any bytes and never throws. One line that does not follow the grammar fails the whole: the
/// RFC has senders take a policy that does not parse as none, so half a policy would be a guess.
/// </summary>
/// <remarks>
/// <code>
/// sts-policy-record = sts-policy-field *WSP *(sts-policy-term sts-policy-field *WSP) [sts-policy-term]
/// sts-policy-field  = name ":" *WSP value
///
/// seen in the text                         verdict
/// field order, version not first           accepted, warning
/// unknown field that follows the grammar   accepted, warning; name without a value: error
/// field again (not mx)                     accepted, the first counts, warning
/// blank line                               accepted, warning (see below)
/// LF and CRLF in one document              accepted, warning
/// CR alone, other control characters       error
/// UTF-8 in an unknown field                accepted, warning; anywhere else: error
/// white space before name or colon         error; after the value: accepted
/// </code>
/// The grammar has no blank line, and the strictest senders refuse one. Most senders pass over it, and documents with one at their end are common; we
/// side with those, and the strict reading is a warning.
/// </remarks>
public static class StsPolicyReader
{
    /// <summary>The size in bytes from which on a document is not read (rfc8461#3.3).</summary>
    public const int PolicyBytesMax = 64 * 1024;

    private static readonly char[] Wsp = [' ', '\t'];

    /// <summary>Reads the bytes of a document. Bytes that are not UTF-8 are an error on their line.</summary>
    public static Reading<StsPolicy> Read(ReadOnlySpan<byte> document)
    {
        // Decoded by hand: a byte order mark is part of the document, and a fault.
        var tooLarge = document.Length > PolicyBytesMax;
        var raw = Encoding.UTF8.GetString(tooLarge ? document[..PolicyBytesMax] : document);
        return Read(raw, tooLarge ? PolicyBytesMax + 1L : document.Length, PolicyLines.NotUtf8(document));
    }

    /// <summary>Reads a document that is text already; its size counts as UTF-8.</summary>
    public static Reading<StsPolicy> Read(string document) =>
        Read(document, Encoding.UTF8.GetByteCount(document), ImmutableHashSet<int>.Empty);

    private static Reading<StsPolicy> Read(string document, long bytes, IReadOnlySet<int> linesNotUtf8)
    {
        var faults = new FaultList();
        if (bytes > PolicyBytesMax)
        {
            // rfc8461#3.3: senders limit the size; 64 KiB is what it suggests. What came is cut off somewhere, so nothing in it is judged.
            faults.Error(Reason.DocumentTooLarge, 0, $"the document has more than {PolicyBytesMax} bytes");
            return faults.Close<StsPolicy>(() => throw new System.Diagnostics.UnreachableException(), document);
        }

        var fields = new Fields(faults);
        foreach (var (number, line) in PolicyLines.Of(document, faults))
        {
            if (linesNotUtf8.Contains(number) || PolicyLines.HasLoneSurrogate(line))
            {
                faults.Error(Reason.NotAscii, number, "the line is not UTF-8");
            }
            else if (line.AsSpan().Trim(" \t").IsEmpty)
            {
                faults.Warning(Reason.BlankLine, number, "the line is blank");
            }
            else
            {
                ReadLine(number, line, fields, faults);
            }
        }

        fields.CheckPresence();
        if (bytes > PolicyDocument.BytesMax)
        {
            faults.Warning(Reason.DocumentTooLarge, 0, $"the document has {bytes} bytes; strict senders read {PolicyDocument.BytesMax}");
        }

        return faults.Close(fields.ToPolicy, document);
    }

    private static void ReadLine(int number, string line, Fields fields, FaultList faults)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            faults.Error(Reason.SyntaxInvalid, number, $"{Excerpt.Of(line)} has no colon; write name: value");
            return;
        }

        var name = line.AsSpan(0, colon);
        if (!RecordText.IsName(name))
        {
            var hint = line[0] == '\uFEFF' ? "; remove the byte order mark" : "";
            faults.Error(Reason.SyntaxInvalid, number, $"{Excerpt.Of(name.ToString())} is not a field name: no white space around it, 1 to 32 letters, digits, \"_\", \"-\" and \".\", a letter or digit first{hint}");
            return;
        }

        // sts-policy-field-delim = ":" *WSP, and *WSP after the field.
        fields.Add(number, name.ToString(), line[(colon + 1)..].Trim(Wsp));
    }

    /// <summary>The fields of one policy as they come in.</summary>
    private sealed class Fields(FaultList faults)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private readonly List<MxPattern> _mx = [];
        private StsMode? _mode;
        private long _maxAgeSeconds;

        public void Add(int line, string name, string value)
        {
            var first = _seen.Add(name);
            if (_seen.Count == 1 && first && name != "version")
            {
                faults.Warning(Reason.VersionNotFirst, line, $"the first field is {Excerpt.Of(name)}; strict senders want version there");
            }

            if (!first && name != "mx")
            {
                // rfc8461#3.2: all but the first are ignored. An ignored one still has to be a field, which any extension is.
                CheckExtension(line, name, value);
                faults.Warning(Reason.FieldDuplicate, line, $"{Excerpt.Of(name)} appears again; only the first counts");
                return;
            }

            switch (name) // %s: the names and values below are case-sensitive
            {
                case "version": AddVersion(line, value); break;
                case "mode": AddMode(line, value); break;
                case "max_age": AddMaxAge(line, value); break;
                case "mx": AddMx(line, value); break;
                default:
                    CheckExtension(line, name, value);
                    faults.Warning(Reason.FieldUnknown, line, $"{Excerpt.Of(name)} is not a field of RFC 8461; senders ignore it");
                    break;
            }
        }

        public void CheckPresence()
        {
            // rfc8461#3.2: version, mode and max_age once, mx at least once except with mode none.
            if (!_seen.Contains("version"))
            {
                faults.Error(Reason.VersionMissing, 0, "there is no version; write version: STSv1 first");
            }

            if (!_seen.Contains("mode"))
            {
                faults.Error(Reason.ModeInvalid, 0, "there is no mode; write mode: and testing, enforce or none");
            }

            if (!_seen.Contains("max_age"))
            {
                faults.Error(Reason.MaxAgeInvalid, 0, $"there is no max_age; write max_age: and seconds, up to {StsPolicy.MaxAgeSecondsMax}");
            }

            if (_seen.Contains("mx"))
            {
                return;
            }

            if (_mode == StsMode.None)
            {
                faults.Warning(Reason.MxLineMissing, 0, "there is no mx; with mode none that is allowed, but strict senders want one");
            }
            else
            {
                faults.Error(Reason.MxLineMissing, 0, "there is no mx; write one for every mail server");
            }
        }

        public StsPolicy ToPolicy() => new(_mode!.Value, [.. _mx], _maxAgeSeconds);

        private void AddVersion(int line, string value)
        {
            if (value != StsPolicy.Version)
            {
                faults.Error(Reason.VersionUnknown, line, $"the version is {Excerpt.Of(value)}; it has to be {StsPolicy.Version}");
            }
        }

        private void AddMode(int line, string value)
        {
            _mode = value switch
            {
                "testing" => StsMode.Testing,
                "enforce" => StsMode.Enforce,
                "none" => StsMode.None,
                _ => null,
            };
            if (_mode is null)
            {
                faults.Error(Reason.ModeInvalid, line, $"the mode is {Excerpt.Of(value)}; it has to be testing, enforce or none");
            }
        }

        private void AddMaxAge(int line, string value)
        {
            // sts-policy-max-age-value = 1*10(DIGIT)
            if (value.Length is 0 or > 10 || !value.All(char.IsAsciiDigit)
                || (_maxAgeSeconds = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture)) > StsPolicy.MaxAgeSecondsMax)
            {
                faults.Error(Reason.MaxAgeInvalid, line, $"the max_age is {Excerpt.Of(value)}; it has to be 1 to 10 digits, up to {StsPolicy.MaxAgeSecondsMax}");
            }
            else if (_maxAgeSeconds < StsPolicy.MaxAgeSecondsStrictMin)
            {
                faults.Warning(Reason.MaxAgeShort, line, $"the max_age is {_maxAgeSeconds}; strict senders want {StsPolicy.MaxAgeSecondsStrictMin} (a day) or more");
            }
            else if (_maxAgeSeconds > StsPolicy.MaxAgeSecondsStrictMax)
            {
                faults.Warning(Reason.MaxAgeLong, line, $"the max_age is {_maxAgeSeconds}; strict senders want {StsPolicy.MaxAgeSecondsStrictMax} or less");
            }
        }

        private void AddMx(int line, string value)
        {
            // rfc8461#3.2: names are written as A-labels, so a U-label is a fault here although our resources take it.
            if (!Ascii.IsValid(value))
            {
                var hint = MxPattern.TryParseAny(value, out var meant, out _) ? $"; write {meant}" : "";
                faults.Error(Reason.MxPatternInvalid, line, $"the mx {Excerpt.Of(value)} is not ASCII{hint}");
            }
            else if (MxPattern.TryParseAny(value, out var pattern, out var problem))
            {
                _mx.Add(pattern);
            }
            else
            {
                faults.Error(Reason.MxPatternInvalid, line, $"the mx is no host name and no wildcard of one label: {problem}");
            }
        }

        private void CheckExtension(int line, string name, string value)
        {
            // sts-policy-ext-value: UTF-8 without control characters, at least one character; spaces inside, and no tab.
            if (value.Length == 0 || value.Any(c => c is < ' ' or '\x7F'))
            {
                faults.Error(Reason.SyntaxInvalid, line, $"the value of {Excerpt.Of(name)} is {Excerpt.Of(value)}; it has to be printable and not empty");
            }
            else if (!Ascii.IsValid(value))
            {
                faults.Warning(Reason.NotAscii, line, $"the value of {Excerpt.Of(name)} is not ASCII; strict senders want ASCII alone");
            }
        }
    }
}
