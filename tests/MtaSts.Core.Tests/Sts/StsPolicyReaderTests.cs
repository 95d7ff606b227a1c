using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Sts;

public sealed partial class StsPolicyReaderTests
{
    private const string Fine = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n";

    /// <summary>Document, what was read as "mode max_age mx...", the warnings in order.</summary>
    public static TheoryData<string, string, string> Good => new()
    {
        { Fine, "Enforce 86400 a.example", "" },
        { Fine.Replace("\n", "\r\n", StringComparison.Ordinal), "Enforce 86400 a.example", "" },
        { Fine.TrimEnd('\n'), "Enforce 86400 a.example", "" },
        { "version:STSv1\nmode:testing\nmx:*.b.example\nmx:a.example\nmax_age:604800", "Testing 604800 *.b.example a.example", "" },
        { "version: \t STSv1 \t\nmode:\tenforce\t\nmx: a.example \nmax_age: 86400  ", "Enforce 86400 a.example", "" },
        { "version: STSv1\nmode: none\nmx: a.example\nmax_age: 86400\n", "None 86400 a.example", "" },
        { "version: STSv1\nmode: none\nmax_age: 86400\n", "None 86400", "0 MxLineMissing" },
        { "version: STSv1\nmode: enforce\nmx: A.Example.COM\nmx: *.B.Example\nmax_age: 86400\n", "Enforce 86400 a.example.com *.b.example", "" },
        { "version: STSv1\nmode: enforce\nmx: localhost\nmx: *.com\nmax_age: 86400\n", "Enforce 86400 localhost *.com", "" },
        { "version: STSv1\nmode: enforce\nmx: xn--bcher-kva.example\nmax_age: 86400\n", "Enforce 86400 xn--bcher-kva.example", "" },
        { "mode: enforce\nversion: STSv1\nmx: a.example\nmax_age: 86400\n", "Enforce 86400 a.example", "1 VersionNotFirst" },
        { "max_age: 86400\nmx: a.example\nmode: enforce\nversion: STSv1", "Enforce 86400 a.example", "1 VersionNotFirst" },
        { "version: STSv1\r\nmode: enforce\nmx: a.example\r\nmax_age: 86400\n", "Enforce 86400 a.example", "2 NewlinesMixed" },
        { Fine + "\n", "Enforce 86400 a.example", "5 BlankLine" },
        { Fine + " \t\n", "Enforce 86400 a.example", "5 BlankLine" },
        { Fine + "  ", "Enforce 86400 a.example", "5 BlankLine" },
        { "\n" + Fine, "Enforce 86400 a.example", "1 BlankLine" },
        { Fine.Replace("\n", "\n\n", StringComparison.Ordinal), "Enforce 86400 a.example", "2 BlankLine 4 BlankLine 6 BlankLine 8 BlankLine" },
        { Fine + "foo: bar\n", "Enforce 86400 a.example", "5 FieldUnknown" },
        { Fine + "a.b_c-0:x y  z :;=", "Enforce 86400 a.example", "5 FieldUnknown" },
        { Fine + "foo: grüße\n", "Enforce 86400 a.example", "5 NotAscii 5 FieldUnknown" },
        { Fine + "foo: 😀\n", "Enforce 86400 a.example", "5 NotAscii 5 FieldUnknown" },
        { Fine + "foo: \uFFFD\n", "Enforce 86400 a.example", "5 NotAscii 5 FieldUnknown" },
        { Fine + "a2345678901234567890123456789012: x\n", "Enforce 86400 a.example", "5 FieldUnknown" },
        { Fine + "Mode: none\n", "Enforce 86400 a.example", "5 FieldUnknown" },
        { Fine + "MX: b.example\n", "Enforce 86400 a.example", "5 FieldUnknown" },
        { Fine + "mode: none\n", "Enforce 86400 a.example", "5 FieldDuplicate" },
        { Fine + "mode: gibberish\n", "Enforce 86400 a.example", "5 FieldDuplicate" },
        { Fine + "max_age: x\nversion: STSv2\n", "Enforce 86400 a.example", "5 FieldDuplicate 6 FieldDuplicate" },
        { Fine + "mx: a.example\n", "Enforce 86400 a.example a.example", "" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 0\n", "Enforce 0 a.example", "4 MaxAgeShort" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86399\n", "Enforce 86399 a.example", "4 MaxAgeShort" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557599\n", "Enforce 31557599 a.example", "" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557600\n", "Enforce 31557600 a.example", "4 MaxAgeLong" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 0000086400\n", "Enforce 86400 a.example", "" },
    };

    public static TheoryData<string, int, Reason, string> Bad => new()
    {
        { "", 0, Reason.VersionMissing, "nothing" },
        { "\n", 0, Reason.ModeInvalid, "nothing" },
        { "<html>", 1, Reason.SyntaxInvalid, "a web page" },
        { "mode: enforce\nmx: a.example\nmax_age: 86400\n", 0, Reason.VersionMissing, "no version" },
        { "Version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 0, Reason.VersionMissing, "names are case-sensitive" },
        { "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "a later version" },
        { "version: STSv10\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "longer than the version" },
        { "version: stsv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "values are case-sensitive" },
        { "version: STSv1;\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "a semicolon" },
        { "version:\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "no value" },
        { "version: STSv2\nversion: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.VersionUnknown, "the first counts" },
        { "version: STSv1\nmx: a.example\nmax_age: 86400\n", 0, Reason.ModeInvalid, "no mode" },
        { "version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 86400\n", 2, Reason.ModeInvalid, "values are case-sensitive" },
        { "version: STSv1\nmode: report\nmx: a.example\nmax_age: 86400\n", 2, Reason.ModeInvalid, "a mode of a draft" },
        { "version: STSv1\nmode: enforce # all\nmx: a.example\nmax_age: 86400\n", 2, Reason.ModeInvalid, "there are no comments" },
        { "version: STSv1\nmode: bad\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 2, Reason.ModeInvalid, "the first counts" },
        { "version: STSv1\nMode: enforce\nmx: a.example\nmax_age: 86400\n", 0, Reason.ModeInvalid, "names are case-sensitive" },
        { "version: STSv1\nmode: enforce\nmx: a.example\n", 0, Reason.MaxAgeInvalid, "no max_age" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax-age: 86400\n", 0, Reason.MaxAgeInvalid, "a hyphen for the underscore" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557601\n", 4, Reason.MaxAgeInvalid, "above the RFC's limit" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 9999999999\n", 4, Reason.MaxAgeInvalid, "above the RFC's limit" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 00000086400\n", 4, Reason.MaxAgeInvalid, "11 digits" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1\n", 4, Reason.MaxAgeInvalid, "a sign" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: +1\n", 4, Reason.MaxAgeInvalid, "a sign" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400s\n", 4, Reason.MaxAgeInvalid, "a unit" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1e5\n", 4, Reason.MaxAgeInvalid, "an exponent" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86 400\n", 4, Reason.MaxAgeInvalid, "a space" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: ٨٦٤٠٠\n", 4, Reason.MaxAgeInvalid, "digits of another script" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmax_age:\n", 4, Reason.MaxAgeInvalid, "no value" },
        { "version: STSv1\nmode: enforce\nmax_age: 86400\n", 0, Reason.MxLineMissing, "no mx" },
        { "version: STSv1\nmode: testing\nmax_age: 86400\n", 0, Reason.MxLineMissing, "no mx" },
        { "version: STSv1\nmode: enforce\nMX: a.example\nmax_age: 86400\n", 0, Reason.MxLineMissing, "names are case-sensitive" },
        { "version: STSv1\nmode: enforce\nmx:\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "no value" },
        { "version: STSv1\nmode: none\nmx:\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "no value, whatever the mode" },
        { "version: STSv1\nmode: enforce\nmx: a.example\nmx: *.*.example\nmax_age: 86400\n", 4, Reason.MxPatternInvalid, "one bad mx of two" },
        { "version: STSv1\nmode: enforce\nmx: *\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "an asterisk alone" },
        { "version: STSv1\nmode: enforce\nmx: mx*.example\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "part of a label" },
        { "version: STSv1\nmode: enforce\nmx: .example.com\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "the suffix form of a draft" },
        { "version: STSv1\nmode: enforce\nmx: a.example.\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "a final dot" },
        { "version: STSv1\nmode: enforce\nmx: a-.example\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "a hyphen at the end" },
        { "version: STSv1\nmode: enforce\nmx: a_b.example\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "an underscore" },
        { "version: STSv1\nmode: enforce\nmx: a.example, b.example\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "two names" },
        { "version: STSv1\nmode: enforce\nmx: bücher.example\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "a U-label" },
        { "version: STSv1\nmode: enforce\nmx: 192.0.2.1\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "an address" },
        { "version: STSv1\nmode: enforce\nmx: [192.0.2.1]\nmax_age: 86400\n", 3, Reason.MxPatternInvalid, "an address literal" },
        { " version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.SyntaxInvalid, "white space in front" },
        { "version : STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n", 1, Reason.SyntaxInvalid, "white space before the colon" },
        { "\uFEFF" + Fine, 1, Reason.SyntaxInvalid, "a byte order mark" },
        { Fine.Replace('\n', '\r'), 1, Reason.VersionUnknown, "CR alone" },
        { Fine.Replace("\n", "\r\r\n", StringComparison.Ordinal), 1, Reason.VersionUnknown, "two CRs" },
        { Fine.TrimEnd('\n') + "\r", 4, Reason.MaxAgeInvalid, "CR alone at the end" },
        { Fine + "foo\n", 5, Reason.SyntaxInvalid, "no colon" },
        { Fine + "# comment: here\n", 5, Reason.SyntaxInvalid, "there are no comments" },
        { Fine + "foo:\n", 5, Reason.SyntaxInvalid, "no value" },
        { Fine + ": bar\n", 5, Reason.SyntaxInvalid, "no name" },
        { Fine + "_foo: bar\n", 5, Reason.SyntaxInvalid, "an underscore in front" },
        { Fine + "foo bar: baz\n", 5, Reason.SyntaxInvalid, "a space in the name" },
        { Fine + "grüße: x\n", 5, Reason.SyntaxInvalid, "a name that is not ASCII" },
        { Fine + "a23456789012345678901234567890123: x\n", 5, Reason.SyntaxInvalid, "a name of 33 characters" },
        { Fine + "foo: a\tb\n", 5, Reason.SyntaxInvalid, "a tab in a value" },
        { Fine + "foo: a\0b\n", 5, Reason.SyntaxInvalid, "a NUL in a value" },
        { Fine + "foo: a\u007Fb\n", 5, Reason.SyntaxInvalid, "a DEL in a value" },
        { Fine + "mode:\n", 5, Reason.SyntaxInvalid, "an ignored field has to be one" },
        { Fine + "foo: \uD800\n", 5, Reason.NotAscii, "half a surrogate pair" },
        { Fine + "\f\n", 5, Reason.SyntaxInvalid, "a form feed is no white space here" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_policy_that_senders_accept_is_read(string document, string expected, string warnings)
    {
        var reading = StsPolicyReader.Read(Encoding.UTF8.GetBytes(document));
        Assert.Equal(expected, Shown(reading.Value));
        Assert.Equal(warnings, string.Join(' ', reading.Faults.Select(f => $"{f.Line} {f.Reason}")));
        Assert.Equal(document, reading.Raw);
        Faults.CheckInvariants(reading);
        Assert.Equal(reading.Faults, StsPolicyReader.Read(document).Faults);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_policy_that_senders_do_not_accept_is_refused_with_line_and_reason(string document, int line, Reason reason, string why)
    {
        var reading = StsPolicyReader.Read(document);
        Assert.True(reading.Value is null, why);
        Assert.Contains(reading.Faults, f => f.Severity == Severity.Error && f.Line == line && f.Reason == reason);
        Faults.CheckInvariants(reading);
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x80)]
    [InlineData(0xC0)]
    [InlineData(0xE2)]
    public void Bytes_that_are_not_UTF8_are_an_error_on_their_line(byte odd)
    {
        var reading = StsPolicyReader.Read([.. Encoding.ASCII.GetBytes(Fine + "foo: "), odd, (byte)'\n', .. "bar: baz"u8]);
        Assert.Null(reading.Value);
        Assert.Equal([5], reading.Faults.Where(f => f.Severity == Severity.Error).Select(f => f.Line));
    }

    [Fact]
    public void A_document_may_have_64_KiB_and_strict_senders_read_10_KB()
    {
        static byte[] Sized(int bytes) => Encoding.ASCII.GetBytes(Fine + "x: " + new string('a', bytes - Fine.Length - 3));

        Assert.DoesNotContain(StsPolicyReader.Read(Sized(10 * 1024)).Faults, f => f.Reason == Reason.DocumentTooLarge);
        Assert.Contains(StsPolicyReader.Read(Sized((10 * 1024) + 1)).Faults, f => f is { Reason: Reason.DocumentTooLarge, Severity: Severity.Warning, Line: 0 });
        Assert.NotNull(StsPolicyReader.Read(Sized(64 * 1024)).Value);

        var tooLarge = StsPolicyReader.Read(Sized((64 * 1024) + 1));
        Assert.Null(tooLarge.Value);
        Assert.Equal(Reason.DocumentTooLarge, Assert.Single(tooLarge.Faults).Reason);
        Assert.Null(StsPolicyReader.Read(Fine + "x: " + new string('é', 40_000)).Value);
        Assert.Null(StsPolicyReader.Read(new byte[4 * 1024 * 1024]).Value);
    }

    [Fact]
    public void What_is_written_is_read_back_and_the_strictest_sender_has_nothing_to_say()
    {
        var pattern = Gen.Select(Gen.Bool, Gen.Char["abcxyz019"].Array[1, 10]).Select((wild, label) => MxPattern.Parse((wild ? "*." : "") + new string(label) + ".example"));
        Gen.Select(Gen.Enum<StsMode>(), pattern.Array[1, 20], Gen.Long[86_400, 31_557_599]).Sample((mode, mx, maxAge) =>
        {
            Assert.True(PolicyDocument.TryOf(new StsPolicy(mode, [.. mx], maxAge), out var document, out var problem), problem);
            var reading = StsPolicyReader.Read(Encoding.UTF8.GetBytes(document.Text));
            Assert.Empty(reading.Faults);
            var expected = mx.Select(m => m.ToString()).Distinct().Order(StringComparer.Ordinal).Select(MxPattern.Parse);
            Assert.Equal(new StsPolicy(mode, [.. expected], maxAge), reading.Value);
            Assert.Equal(document, PolicyDocument.Of(reading.Value!));
        });
    }

    [Fact]
    public void No_document_is_written_that_a_strict_sender_refuses()
    {
        var mx = Enumerable.Range(0, 60).Select(i => MxPattern.Parse($"{new string('a', 60)}.{new string('b', 60)}.{new string('c', 60)}.m{i}.example")).ToArray();
        Assert.True(PolicyDocument.TryOf(new(StsMode.Enforce, [.. mx.Take(45)], 86_400), out var document, out _));
        Assert.InRange(document.Text.Length, 0, PolicyDocument.BytesMax);
        Assert.False(PolicyDocument.TryOf(new(StsMode.Enforce, [.. mx], 86_400), out _, out var problem));
        Assert.Contains("10240", problem, StringComparison.Ordinal);
        Assert.False(PolicyDocument.TryOf(new(StsMode.None, [], 86_400), out _, out _));
        Assert.False(PolicyDocument.TryOf(new(StsMode.Enforce, [mx[0]], 86_399), out _, out _));
        Assert.False(PolicyDocument.TryOf(new(StsMode.Enforce, [mx[0]], 31_557_600), out _, out _));
    }

    [Fact]
    public void The_reader_agrees_with_the_RFCs_grammar_as_regular_expressions()
    {
        var line = Gen.OneOf(
            "version: STSv1", "version:STSv1 ", "version: STSv2", "Version: STSv1", "mode: enforce", "mode:\ttesting", "mode: none", "mode: Enforce", "mode:",
            "max_age: 86400", "max_age: 31557601", "max_age: 12345678901", "max_age:0", "mx: a.example", "mx: *.b.example", "mx: *.*.c", "mx: d_e.example", "mx:x",
            "mx: 1.2.3.4", "mx: a.", "foo: bar", "foo: b\ta", "foo:", ": foo", " foo: bar", "foo : bar", "foo: é x  y ", "a2345678901234567890123456789012:x",
            "a23456789012345678901234567890123:x", "_a:b", "a_.-9:b", "nonsense", "foo: a\rb", "x: \u007F");
        var filled = Gen.OneOf("version: STSv1", "mode: enforce", "mode: none", "max_age: 86400", "mx: a.example", "foo: bar", "mx:*.x");
        var accepted = 0;
        Gen.Select(Gen.OneOf(filled, filled, filled, line).Array[1, 8], Gen.OneOf("\n", "\r\n"), Gen.Bool).Sample((lines, newline, final) =>
        {
            var document = string.Join(newline, lines) + (final ? newline : "");
            var expected = IsPolicy(document);
            Interlocked.Add(ref accepted, expected ? 1 : 0);
            Assert.True(expected == (StsPolicyReader.Read(document).Value is not null), $"{(expected ? "valid" : "invalid")} by the grammar: {document}");
        }, iter: 20_000);
        Assert.True(accepted > 200, $"only {accepted} documents were valid, so the test shows little");
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        Gen.Byte.Array.Sample(bytes => Faults.CheckInvariants(StsPolicyReader.Read(bytes)));
        Gen.String.Sample(text => Faults.CheckInvariants(StsPolicyReader.Read(text)));
        var rows = Good.Select(r => r.Data.Item1).Concat(Bad.Select(r => r.Data.Item1)).ToArray();
        Gen.Select(Gen.OneOf(rows), Gen.Int[0, 2], Gen.Int[0, 400], Gen.Char).Sample((row, kind, at, c) =>
            Faults.CheckInvariants(StsPolicyReader.Read(Faults.Mutated(row, kind, at, c))), iter: 5_000);
    }

    private static string? Shown(StsPolicy? policy) =>
        policy is null ? null : string.Join(' ', [policy.Mode.ToString(), $"{policy.MaxAgeSeconds}", .. policy.Mx.Select(m => m.ToString())]);

    // rfc8461#3.2 written a second time: the shape of the whole as one expression, then each field's own rule on the first field of its name.
    private static bool IsPolicy(string document)
    {
        if (!Shape().IsMatch(document))
        {
            return false;
        }

        var fields = Field().Matches(document).Select(m => (Name: m.Groups[1].Value, Value: m.Groups[2].Value)).ToList();
        string? First(string name) => fields.Where(f => f.Name == name).Select(f => f.Value).FirstOrDefault();
        var mx = fields.Where(f => f.Name == "mx").ToList();
        return First("version") == "STSv1"
            && First("mode") is "enforce" or "testing" or "none"
            && First("max_age") is { } age && MaxAge().IsMatch(age) && decimal.Parse(age, System.Globalization.CultureInfo.InvariantCulture) <= 31557600
            && mx.All(f => Mx().IsMatch(f.Value))
            && (mx.Count > 0 || First("mode") == "none");
    }

    [GeneratedRegex("""\A[A-Za-z0-9][A-Za-z0-9_.-]{0,31}:[ \t]*[\x21-\x7E\u0080-\uFFFF](?:[\x20-\x7E\u0080-\uFFFF]*[\x21-\x7E\u0080-\uFFFF])?[ \t]*(?:\r?\n[A-Za-z0-9][A-Za-z0-9_.-]{0,31}:[ \t]*[\x21-\x7E\u0080-\uFFFF](?:[\x20-\x7E\u0080-\uFFFF]*[\x21-\x7E\u0080-\uFFFF])?[ \t]*)*(?:\r?\n)?\z""")]
    private static partial Regex Shape();

    [GeneratedRegex("""(?<=\A|\n)([^:\n]+):[ \t]*([^\r\n]*?)[ \t]*(?=\r?\n|\z)""")]
    private static partial Regex Field();

    [GeneratedRegex("""\A[0-9]{1,10}\z""")]
    private static partial Regex MaxAge();

    // The last label has a letter: what has none is an address.
    [GeneratedRegex("""\A(?:\*\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*(?=[0-9-]*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\z""")]
    private static partial Regex Mx();
}
