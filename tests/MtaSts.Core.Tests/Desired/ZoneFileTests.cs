using MtaSts.Core.Desired;

namespace MtaSts.Core.Tests.Desired;

public sealed class ZoneFileTests
{
    [Theory]
    [InlineData(RecordType.A, "192.0.2.1", "192.0.2.1", "an address as it is")]
    [InlineData(RecordType.Aaaa, "2001:db8::1", "2001:db8::1", "an address as it is")]
    [InlineData(RecordType.Cname, "ingress.example.net", "ingress.example.net.", "a target ends with the root")]
    [InlineData(RecordType.Txt, "v=STSv1; id=1;", "\"v=STSv1; id=1;\"", "in quotes a semicolon begins no comment")]
    [InlineData(RecordType.Txt, "", "\"\"", "a text is never without a string")]
    [InlineData(RecordType.Txt, "a\"b\\c", "\"a\\\"b\\\\c\"", "what could end the string is escaped")]
    [InlineData(RecordType.Txt, "a\nb\u00fc", "\"a\\010b\\195\\188\"", "a line stays a line, and ASCII stays ASCII")]
    public void Writes_data_as_a_zone_file_has_it(RecordType type, string value, string data, string why) => Assert.True(data == ZoneFile.Data(type, value), why);

    [Fact]
    public void Cuts_a_long_text_into_strings() =>
        Assert.Equal($"\"{new string('a', 255)}\" \"{new string('a', 45)}\"", ZoneFile.Data(RecordType.Txt, new string('a', 300)));

    [Fact]
    public void A_record_is_a_line() => Assert.Equal(
        ["mta-sts.example.com. 300 IN A 192.0.2.1", "mta-sts.example.com. 300 IN A 192.0.2.2"],
        ZoneFile.Lines(RecordSet.Of("mta-sts.example.com", RecordType.A, 300, "192.0.2.2", "192.0.2.1")));
}
