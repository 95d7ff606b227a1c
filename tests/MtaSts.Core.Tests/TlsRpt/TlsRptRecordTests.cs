using CsCheck;
using MtaSts.Core.Observations;
using MtaSts.Core.Tests.Sts;
using MtaSts.Core.TlsRpt;

namespace MtaSts.Core.Tests.TlsRpt;

public sealed class TlsRptRecordTests
{
    /// <summary>Record, the URIs with spaces between, the warnings.</summary>
    public static TheoryData<string, string, string> Good => new()
    {
        { "v=TLSRPTv1; rua=mailto:tls@example.com", "mailto:tls@example.com", "" },
        { "v=TLSRPTv1;rua=mailto:tls@example.com;", "mailto:tls@example.com", "" },
        { "v=TLSRPTv1 ; rua=mailto:tls@example.com", "mailto:tls@example.com", "VersionSpaced" },
        { "v=TLSRPTv1; rua=https://r.example/v1/tls?a=b&c=d", "https://r.example/v1/tls?a=b&c=d", "" },
        { "v=TLSRPTv1; rua=https://r.example:8443", "https://r.example:8443", "" },
        { "v=TLSRPTv1; rua=https://[2001:db8::1]:443/x", "https://[2001:db8::1]:443/x", "" },
        { "v=TLSRPTv1; rua=mailto:a@x.example,https://y.example/z", "mailto:a@x.example https://y.example/z", "" },
        { "v=TLSRPTv1; rua=mailto:a@x.example \t, mailto:b@x.example ;", "mailto:a@x.example mailto:b@x.example", "" },
        { "v=TLSRPTv1; rua=MAILTO:a@x.example", "MAILTO:a@x.example", "" },
        { "v=TLSRPTv1; rua=mailto:a%2Cb%21@x.example", "mailto:a%2Cb%21@x.example", "" },
        { "v=TLSRPTv1; rua=mailto:a+tls@x.example?subject=x", "mailto:a+tls@x.example?subject=x", "" },
        { "v=TLSRPTv1; rua=mailto:a@x.example; ext=1", "mailto:a@x.example", "FieldUnknown" },
        { "v=TLSRPTv1; ext=1; rua=mailto:a@x.example", "mailto:a@x.example", "FieldUnknown" },
        { "v=TLSRPTv1; RUA=x; rua=mailto:a@x.example", "mailto:a@x.example", "FieldUnknown" },
        { "v=TLSRPTv1; rua=mailto:a@x.example; rua=mailto:b@x.example", "mailto:a@x.example mailto:b@x.example", "FieldDuplicate" },
        { "v=TLSRPTv1; rua=ftp://x.example,mailto:a@x.example", "mailto:a@x.example", "RuaSchemeUnknown" },
        { "v=TLSRPTv1; rua=mailto:nobody,mailto:a@x.example", "mailto:a@x.example", "RuaInvalid" },
    };

    public static TheoryData<string, Reason, string> Bad => new()
    {
        { "", Reason.VersionMissing, "nothing" },
        { "rua=mailto:a@x.example; v=TLSRPTv1", Reason.VersionMissing, "the version is not first" },
        { "V=TLSRPTv1; rua=mailto:a@x.example", Reason.VersionMissing, "the tag is case-sensitive" },
        { "v=tlsrptv1; rua=mailto:a@x.example", Reason.VersionUnknown, "the version is case-sensitive" },
        { "v=TLSRPTv2; rua=mailto:a@x.example", Reason.VersionUnknown, "a later version" },
        { "v=DMARC1; rua=mailto:a@x.example", Reason.VersionUnknown, "another kind of record" },
        { "v=TLSRPTv1 rua=mailto:a@x.example", Reason.VersionUnknown, "no semicolon" },
        { "v=TLSRPTv1", Reason.RuaInvalid, "no rua" },
        { "v=TLSRPTv1;", Reason.RuaInvalid, "no rua" },
        { "v=TLSRPTv1; RUA=mailto:a@x.example", Reason.RuaInvalid, "the name is case-sensitive" },
        { "v=TLSRPTv1; rua=", Reason.RuaInvalid, "no URI" },
        { "v=TLSRPTv1; rua=,", Reason.RuaInvalid, "no URI" },
        { "v=TLSRPTv1; rua=mailto:a@x.example,", Reason.RuaInvalid, "a comma too many" },
        { "v=TLSRPTv1; rua= mailto:a@x.example", Reason.RuaInvalid, "a space in front" },
        { "v=TLSRPTv1; rua=a@x.example", Reason.RuaInvalid, "no scheme" },
        { "v=TLSRPTv1; rua=mailto:a@x.example!10m", Reason.RuaInvalid, "the size of a DMARC record" },
        { "v=TLSRPTv1; rua=mailto:a b@x.example", Reason.RuaInvalid, "a space" },
        { "v=TLSRPTv1; rua=mailto:\"a\"@x.example", Reason.RuaInvalid, "quotes" },
        { "v=TLSRPTv1; rua=mailto:é@x.example", Reason.RuaInvalid, "not ASCII" },
        { "v=TLSRPTv1; rua=mailto:a%2@x.example", Reason.RuaInvalid, "half an escape" },
        { "v=TLSRPTv1; rua=https://x.example/[a]", Reason.RuaInvalid, "brackets in a path" },
        { "v=TLSRPTv1; rua=https://x.example/#a#b", Reason.RuaInvalid, "two fragments" },
        { "v=TLSRPTv1; rua=mailto:", Reason.RuaInvalid, "no mailbox" },
        { "v=TLSRPTv1; rua=mailto:@x.example", Reason.RuaInvalid, "no local part" },
        { "v=TLSRPTv1; rua=mailto:a@", Reason.RuaInvalid, "no domain" },
        { "v=TLSRPTv1; rua=mailto:.a@x.example", Reason.RuaInvalid, "a dot in front" },
        { "v=TLSRPTv1; rua=https:", Reason.RuaInvalid, "no host" },
        { "v=TLSRPTv1; rua=https:///x", Reason.RuaInvalid, "no host" },
        { "v=TLSRPTv1; rua=https:x.example", Reason.RuaInvalid, "no host" },
        { "v=TLSRPTv1; rua=https://x.example:99999/", Reason.RuaInvalid, "no port" },
        { "v=TLSRPTv1; rua=https://a_b/", Reason.RuaInvalid, "no host name" },
        { "v=TLSRPTv1; rua=http://x.example/", Reason.RuaInvalid, "a scheme that the RFC does not know" },
        { "v=TLSRPTv1; rua=mailto:a@x.example;;", Reason.SyntaxInvalid, "an empty field" },
        { "v=TLSRPTv1; rua=mailto:a@x.example ", Reason.SyntaxInvalid, "white space that no semicolon follows" },
        { "v=TLSRPTv1; rua=mailto:a@x.example; x", Reason.SyntaxInvalid, "no equals sign" },
        { "v=TLSRPTv1; rua=mailto:a@x.example; x==", Reason.SyntaxInvalid, "an equals sign in a value" },
        { "v=TLSRPTv1; rua=mailto:a@x.example,mailto:b;c@x.example", Reason.SyntaxInvalid, "a semicolon in a URI" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_record_that_senders_accept_is_read(string txt, string uris, string warnings)
    {
        var reading = TlsRptRecordReader.Read(txt);
        Assert.Equal(uris, reading.Value is null ? null : string.Join(' ', reading.Value.Rua));
        Assert.Equal(warnings, string.Join(' ', reading.Faults.Select(f => f.Reason)));
        Faults.CheckInvariants(reading);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_record_that_senders_do_not_accept_is_refused_with_its_reason(string txt, Reason reason, string why)
    {
        var reading = TlsRptRecordReader.Read(txt);
        Assert.True(reading.Value is null, why);
        Assert.Contains(reading.Faults, f => f.Severity == Severity.Error && f.Reason == reason);
        Faults.CheckInvariants(reading);
    }

    [Theory]
    [InlineData(null, "v=TLSRPTv1; rua=mailto:a@x.example", "other")]
    [InlineData(Reason.RecordMissing, "other")]
    [InlineData(Reason.RecordDuplicate, "v=TLSRPTv1; rua=mailto:a@x.example", "v=TLSRPTv1; rua=mailto:b@x.example")]
    public void Exactly_one_record_at_the_name_counts(Reason? reason, params string[] records) =>
        Assert.Equal(reason, TlsRptRecordReader.Select(records).Faults.Select(f => (Reason?)f.Reason).SingleOrDefault());

    [Theory]
    [InlineData("mailto:a,b;c!d@x.example", "mailto:a%2Cb%3Bc%21d@x.example")]
    [InlineData("https://x.example/a;b?c,d!", "https://x.example/a%3Bb?c%2Cd%21")]
    [InlineData("mailto:tls@x.example", "mailto:tls@x.example")]
    public void What_a_record_may_not_hold_in_a_URI_is_escaped(string uri, string escaped)
    {
        Assert.True(TlsRptRecord.TryCreate([uri], out var record, out var problem), problem);
        Assert.Equal($"v=TLSRPTv1; rua={escaped}", record.ToString());
        var reading = TlsRptRecordReader.Read(record.ToString());
        Assert.Equal(record, reading.Value);
        Assert.Empty(reading.Faults);
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("a@x.example", "no scheme")]
    [InlineData("http://x.example/", "not https")]
    [InlineData("https://", "no host")]
    [InlineData("mailto:a", "no domain")]
    [InlineData("mailto:a@x.example\n", "a newline")]
    [InlineData("mailto:a@x.example\" \"", "quotes that would end the string")]
    [InlineData("mailto:a b@x.example", "a space")]
    [InlineData("mailto:a@x.example\0", "a NUL")]
    [InlineData("mailto:a\\@x.example", "a backslash")]
    [InlineData("javascript:alert(1)", "another scheme")]
    public void A_URI_that_reports_cannot_go_to_gets_into_no_record(string uri, string why)
    {
        Assert.False(TlsRptRecord.TryCreate(["mailto:fine@x.example", uri], out _, out var problem), why);
        Assert.NotEmpty(problem);
        Assert.All(problem, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void A_record_has_a_URI_and_no_more_than_fit()
    {
        Assert.False(TlsRptRecord.TryCreate([], out _, out _));
        Assert.False(TlsRptRecord.TryCreate(Enumerable.Range(0, 100).Select(i => $"mailto:tls{i}@x.example"), out _, out _));
        Assert.True(TlsRptRecord.TryCreate(["mailto:a@x.example", "mailto:a@x.example"], out var record, out _));
        Assert.Single(record.Rua);
    }

    [Fact]
    public void No_text_makes_the_reader_throw_and_what_can_be_created_can_be_read()
    {
        Gen.String.Sample(txt => Faults.CheckInvariants(TlsRptRecordReader.Read(txt)));
        var rows = Good.Select(r => r.Data.Item1).Concat(Bad.Select(r => r.Data.Item1)).ToArray();
        Gen.Select(Gen.OneOf(rows), Gen.Int[0, 2], Gen.Int[0, 200], Gen.Char).Sample((row, kind, at, c) =>
        {
            var mutated = Faults.Mutated(row, kind, at, c);
            Faults.CheckInvariants(TlsRptRecordReader.Read(mutated));
            if (TlsRptRecord.TryCreate([mutated[Math.Min(mutated.Length, "v=TLSRPTv1; rua=".Length)..]], out var record, out _))
            {
                var reading = TlsRptRecordReader.Read(record.ToString());
                Assert.Equal(record, reading.Value);
                Assert.Empty(reading.Faults);
            }
        }, iter: 5_000);
    }
}
