using System.Text;
using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Sts;

public sealed class PolicyIdTests
{
    [Fact]
    public void The_id_of_a_document_stays_what_it_always_was()
    {
        // The first 24 characters of lower-case base32 of SHA-256, computed with another program. A change here would make every sender fetch again.
        const string golden = "graslwycmli7wsr3rlbiqpub";
        var policy = new StsPolicy(StsMode.Testing, [MxPattern.Parse("mx1.example.com"), MxPattern.Parse("*.mail.example.net")], 86400);
        Assert.Equal(golden, PolicyDocument.Of(policy).Id.ToString());
        Assert.Equal("4oymiquy7qobjgx36tejs35z", PolicyId.Of([]).ToString());
    }

    [Fact]
    public void Every_id_is_24_characters_of_lower_case_base32_and_one_that_a_record_may_have()
    {
        Gen.Byte.Array.Sample(bytes =>
        {
            var id = PolicyId.Of(bytes).ToString();
            Assert.Matches("\\A[a-z2-7]{24}\\z", id);
            Assert.True(PolicyId.TryParse(id, out var read));
            Assert.Equal(PolicyId.Of(bytes), read);
        });
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("20160831085700Z", true)]
    [InlineData("12345678901234567890123456789012", true)]
    [InlineData("123456789012345678901234567890123", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a-b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("١", false)]
    public void An_id_is_1_to_32_ASCII_letters_and_digits(string? text, bool valid) => Assert.Equal(valid, PolicyId.TryParse(text, out _));

    [Fact]
    public void The_order_of_the_patterns_does_not_change_the_id()
    {
        var a = MxPattern.Parse("a.example");
        var b = MxPattern.Parse("b.example");
        Assert.Equal(PolicyDocument.Of(new(StsMode.Enforce, [a, b], 86400)).Id, PolicyDocument.Of(new(StsMode.Enforce, [b, a, b], 86400)).Id);
        Assert.NotEqual(PolicyDocument.Of(new(StsMode.Enforce, [a, b], 86400)).Id, PolicyDocument.Of(new(StsMode.Testing, [a, b], 86400)).Id);
    }

    [Fact]
    public void The_id_is_of_the_bytes_that_are_served()
    {
        var document = PolicyDocument.Of(new(StsMode.Enforce, [MxPattern.Parse("a.example")], 86400));
        Assert.Equal(PolicyId.Of(Encoding.UTF8.GetBytes(document.Text)), document.Id);
    }
}
