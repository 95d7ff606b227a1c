using CsCheck;
using MtaSts.Core.Desired;
using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Tests.Dns;

public sealed class DnsWireTests
{
    [Fact]
    public void Any_bytes_are_a_message_or_none() =>
        Gen.Byte.Array[0, 600].Sample(bytes => { DnsReader.TryRead(bytes, out _); }, iter: 20_000);

    [Fact]
    public void A_message_with_bytes_changed_is_a_message_or_none()
    {
        byte[] message = DnsWriter.Update(
            1, DnsName.Parse("example.com"), [new WireRecord(DnsName.Parse("a.example.com"), 5, 254, 0, [1, 97, 0])], [new WireRecord(DnsName.Parse("b.example.com"), 16, 1, 60, [1, 98])]);
        Assert.True(DnsReader.TryRead(message, out _));
        Gen.Select(Gen.Int[0, message.Length - 1], Gen.Byte, Gen.Int[0, message.Length - 1], Gen.Byte).Sample(
            (at1, to1, at2, to2) =>
            {
                byte[] changed = [.. message];
                (changed[at1], changed[at2]) = (to1, to2);
                DnsReader.TryRead(changed, out _);
            },
            iter: 20_000);
    }

    [Fact]
    public void A_pointer_that_leads_to_itself_ends() =>
        Assert.False(DnsReader.TryRead([0, 1, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 16, 0, 1], out _));

    [Fact]
    public void A_text_is_read_back_as_it_was_written() =>
        Gen.Char[' ', '~'].Array[0, 1000].Select(c => new string(c)).Sample(text =>
            RecordData.TryEncode(RecordType.Txt, text, out var data, out _) && RecordData.Decode(RecordType.Txt, [.. data]) == text);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(255, 256)]
    [InlineData(256, 258)]
    [InlineData(510, 512)]
    [InlineData(511, 514)]
    public void A_text_is_cut_at_255_bytes(int chars, int bytes)
    {
        Assert.True(RecordData.TryEncode(RecordType.Txt, new string('x', chars), out var data, out _));
        Assert.Equal(bytes, data.Length);
    }

    [Fact]
    public void Bytes_outside_of_ascii_are_told_apart() =>
        Assert.NotEqual(RecordData.Decode(RecordType.Txt, [1, 0xe9]), RecordData.Decode(RecordType.Txt, [1, 0xe8]));

    [Theory]
    [InlineData("Example.COM.", "example.com")]
    [InlineData("a\\.b.example", "a\\046b.example")]
    [InlineData("\\097.example", "a.example")]
    public void A_name_has_one_form(string text, string form) => Assert.Equal(form, DnsName.Parse(text).ToString());

    [Fact]
    public void A_name_is_in_a_zone_by_whole_labels()
    {
        Assert.True(DnsName.Parse("a.example.com").IsAtOrBelow(DnsName.Parse("example.com")));
        Assert.False(DnsName.Parse("an-example.com").IsAtOrBelow(DnsName.Parse("example.com")));
    }
}
