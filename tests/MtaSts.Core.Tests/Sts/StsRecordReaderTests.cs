using System.Text.RegularExpressions;
using CsCheck;
using MtaSts.Core.Observations;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Sts;

public sealed partial class StsRecordReaderTests
{
    private static readonly string Id32 = new('a', 32);

    public static TheoryData<string, string, string> Good => new()
    {
        { "v=STSv1; id=20160831085700Z;", "20160831085700Z", "" },
        { "v=STSv1; id=a", "a", "" },
        { "v=STSv1;id=a", "a", "" },
        { "v=STSv1;id=a;", "a", "" },
        { "v=STSv1;\t \tid=A1 \t; \t", "A1", "" },
        { $"v=STSv1; id={Id32}", Id32, "" },
        { "v=STSv1 ; id=a", "a", "VersionSpaced" },
        { "v=STSv1; id=a; more=a; ext=2", "a", "FieldUnknown FieldUnknown" },
        { "v=STSv1; ext=1:2,/!<>~; id=a", "a", "FieldUnknown" },
        { "v=STSv1; a2345678901234567890123456789012=1; id=a", "a", "FieldUnknown" },
        { "v=STSv1; 0_-.=1; id=a", "a", "FieldUnknown" },
        { "v=STSv1; ID=b; id=a", "a", "FieldUnknown" },
        { "v=STSv1; id=a; id=b", "a", "FieldDuplicate" },
        { "v=STSv1; id=a; id=not-an-id", "a", "FieldDuplicate" },
        { "v=STSv1; x=1; x=2; id=a", "a", "FieldUnknown FieldDuplicate" },
        { "v=STSv1; v=STSv1; id=a", "a", "FieldDuplicate" },
    };

    public static TheoryData<string, Reason, string> Bad => new()
    {
        { "", Reason.VersionMissing, "nothing" },
        { ";", Reason.VersionMissing, "no version" },
        { "id=a", Reason.VersionMissing, "no version" },
        { "id=a; v=STSv1", Reason.VersionMissing, "the version is not first" },
        { " v=STSv1; id=a", Reason.VersionMissing, "white space in front" },
        { "V=STSv1; id=a", Reason.VersionMissing, "the tag is case-sensitive" },
        { "v =STSv1; id=a", Reason.VersionMissing, "a space in the tag" },
        { "\"v=STSv1; id=a\"", Reason.VersionMissing, "the quotes of a zone file" },
        { "v=spf1 -all", Reason.VersionUnknown, "another kind of record" },
        { "v=stsv1; id=a", Reason.VersionUnknown, "the version is case-sensitive" },
        { "v=STSV1; id=a", Reason.VersionUnknown, "the version is case-sensitive" },
        { "v=STSv2; id=a", Reason.VersionUnknown, "a later version" },
        { "v=STSv10; id=a", Reason.VersionUnknown, "longer than the version" },
        { "v= STSv1; id=a", Reason.VersionUnknown, "a space in the tag" },
        { "v=STSv1, id=a", Reason.VersionUnknown, "a comma for a semicolon" },
        { "v=STSv1 id=a", Reason.VersionUnknown, "no semicolon" },
        { "v=STSv1 ", Reason.VersionUnknown, "white space that no semicolon follows" },
        { "v=STSv1", Reason.IdInvalid, "no id" },
        { "v=STSv1;", Reason.IdInvalid, "no id" },
        { "v=STSv1; ext=1", Reason.IdInvalid, "no id" },
        { "v=STSv1; ID=a", Reason.IdInvalid, "the name is case-sensitive" },
        { "v=STSv1; id=", Reason.IdInvalid, "an empty id" },
        { "v=STSv1; id=;", Reason.IdInvalid, "an empty id" },
        { "v=STSv1; id=a-b", Reason.IdInvalid, "a hyphen" },
        { "v=STSv1; id=2024-01-01; id=a", Reason.IdInvalid, "the first counts, and it is none" },
        { "v=STSv1; id=012345678901234567890123456789012", Reason.IdInvalid, "33 characters" },
        { "v=STSv1; id= a", Reason.IdInvalid, "a space before the id" },
        { "v=STSv1; id=é", Reason.IdInvalid, "not ASCII" },
        { "v=STSv1; id=١", Reason.IdInvalid, "a digit of another script" },
        { "v=STSv1; id=a b", Reason.IdInvalid, "a space in the id" },
        { "v=STSv1; id =a", Reason.SyntaxInvalid, "a space before the equals sign" },
        { "v=STSv1; id=a ", Reason.SyntaxInvalid, "white space that no semicolon follows" },
        { "v=STSv1; id=a;;", Reason.SyntaxInvalid, "an empty field" },
        { "v=STSv1;; id=a", Reason.SyntaxInvalid, "an empty field" },
        { "v=STSv1; ; id=a", Reason.SyntaxInvalid, "an empty field" },
        { "v=STSv1; id=a; more", Reason.SyntaxInvalid, "no equals sign" },
        { "v=STSv1; id=a; more=", Reason.SyntaxInvalid, "an empty value" },
        { "v=STSv1; id=a; =b", Reason.SyntaxInvalid, "an empty name" },
        { "v=STSv1; id=a; x==", Reason.SyntaxInvalid, "an equals sign in a value" },
        { "v=STSv1; id=a; x=a b", Reason.SyntaxInvalid, "a space in a value" },
        { "v=STSv1; id=a; x=a\tb;", Reason.SyntaxInvalid, "a tab in a value" },
        { "v=STSv1; id=a; 1%=a", Reason.SyntaxInvalid, "a character that no name has" },
        { "v=STSv1; id=a; _x=a", Reason.SyntaxInvalid, "an underscore in front" },
        { "v=STSv1; id=a; a23456789012345678901234567890123=1", Reason.SyntaxInvalid, "a name of 33 characters" },
        { "v=STSv1; id=a; id=", Reason.SyntaxInvalid, "an ignored field has to be one" },
        { "v=STSv1; id=a; x=é", Reason.NotAscii, "not ASCII" },
        { "v=STSv1; id=a\n", Reason.IdInvalid, "a newline is no white space here" },
        { "v=STSv1; id=a\0", Reason.IdInvalid, "a NUL" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_record_that_senders_accept_is_read(string txt, string id, string warnings)
    {
        var reading = StsRecordReader.Read(txt);
        Assert.Equal(id, reading.Value?.Id.ToString());
        Assert.Equal(warnings, string.Join(' ', reading.Faults.Select(f => f.Reason)));
        Assert.Equal(txt, reading.Raw);
        Faults.CheckInvariants(reading);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_record_that_senders_do_not_accept_is_refused_with_its_reason(string txt, Reason reason, string why)
    {
        var reading = StsRecordReader.Read(txt);
        Assert.True(reading.Value is null, why);
        Assert.Contains(reading.Faults, f => f is { Severity: Severity.Error, Line: 1 } && f.Reason == reason);
        Faults.CheckInvariants(reading);
    }

    [Theory]
    [InlineData("a", "v=STSv1; id=a")]
    [InlineData("a", "v=spf1 -all", "v=STSv1; id=a", "google-site-verification=x")]
    [InlineData("a", "v=STSv1 ; id=a")]
    [InlineData("a", "v=STSv1 ; id=b", "v=STSv1; id=a")]
    [InlineData("a", "v=stsv1; id=b", "v=STSv1;id=a", "v=STSv10; id=c")]
    public void The_one_STS_record_among_others_is_selected(string id, params string[] records) =>
        Assert.Equal(id, StsRecordReader.Select(records).Value?.Id.ToString());

    [Theory]
    [InlineData(Reason.RecordMissing)]
    [InlineData(Reason.RecordMissing, "v=spf1 -all")]
    [InlineData(Reason.RecordMissing, "v=STSv1")]
    [InlineData(Reason.RecordMissing, "v=STSv1 ; id=a", "other")]
    [InlineData(Reason.RecordDuplicate, "v=STSv1; id=a", "v=STSv1; id=b")]
    [InlineData(Reason.RecordDuplicate, "v=STSv1; id=a", "v=STSv1; id=a")]
    [InlineData(Reason.RecordDuplicate, "v=STSv1; id=a", "v=STSv1; broken")]
    [InlineData(Reason.IdInvalid, "v=STSv1;", "other")]
    public void None_or_several_STS_records_are_no_record(Reason reason, params string[] records)
    {
        var reading = StsRecordReader.Select(records);
        Assert.Null(reading.Value);
        Assert.Equal(reason, Assert.Single(reading.Faults).Reason);
    }

    [Fact]
    public void What_is_written_is_read_back_without_a_fault()
    {
        Gen.Byte.Array.Sample(bytes =>
        {
            var record = new StsRecord(PolicyId.Of(bytes));
            var reading = StsRecordReader.Read(record.ToString());
            Assert.Equal(record, reading.Value);
            Assert.Empty(reading.Faults);
        });
    }

    [Fact]
    public void The_reader_agrees_with_the_RFCs_grammar_as_a_regular_expression()
    {
        var token = Gen.OneOf("v=STSv1", ";", ";", ";", " ", "\t", "id=", "id=a", "id=Zz9", "id=a-b", "=", "a", "x=1", "x.y_-=<>~", "_", "-", ".", "ID=1",
            "é", "\0", "\n", Id32, "a2345678901234567890123456789012=b", "\"", ",");
        var accepted = 0;
        Gen.Select(Gen.Int[0, 3], token.Array[0, 10]).Sample((begin, tokens) =>
        {
            var txt = (begin switch { 0 => "", 1 => "v=STSv1;", 2 => "v=STSv1; id=a", _ => "v=STSv1; x=1; " }) + string.Concat(tokens);
            var expected = Grammar().IsMatch(txt) && FirstIdIsOne().IsMatch(txt);
            Interlocked.Add(ref accepted, expected ? 1 : 0);
            Assert.True(expected == (StsRecordReader.Read(txt).Value is not null), $"{(expected ? "valid" : "invalid")} by the grammar: {txt}");
        }, iter: 20_000);
        Assert.True(accepted > 200, $"only {accepted} texts were valid, so the test shows little");
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        Gen.String.Sample(txt => Faults.CheckInvariants(StsRecordReader.Read(txt)));
        var rows = Good.Select(r => r.Data.Item1).Concat(Bad.Select(r => r.Data.Item1)).ToArray();
        Gen.Select(Gen.OneOf(rows), Gen.Int[0, 2], Gen.Int[0, 200], Gen.Char).Sample((row, kind, at, c) =>
            Faults.CheckInvariants(StsRecordReader.Read(Faults.Mutated(row, kind, at, c))), iter: 5_000);
    }

    // rfc8461#3.1, rule by rule: 1*(sts-field-delim (sts-id / sts-extension)) [sts-field-delim]
    [GeneratedRegex(@"\Av=STSv1(?:[ \t]*;[ \t]*(?:id=[A-Za-z0-9]{1,32}|[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\x21-\x3A\x3C\x3E-\x7E]+))+(?:[ \t]*;[ \t]*)?\z")]
    private static partial Regex Grammar();

    // "sts-id record is required", and of a field that repeats the first counts.
    [GeneratedRegex(@"\Av=STSv1[ \t]*(?:;(?![ \t]*id=)[^;]*)*;[ \t]*id=[A-Za-z0-9]{1,32}(?=[ \t]*(?:;|\z))")]
    private static partial Regex FirstIdIsOne();
}
