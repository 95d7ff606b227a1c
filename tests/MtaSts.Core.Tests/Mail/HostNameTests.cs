using CsCheck;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Tests.Mail;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("1and1.example", "1and1.example")]
    [InlineData("123.example", "123.example")]
    [InlineData("r3---sn.example.com", "r3---sn.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("straße.example", "xn--strae-oqa.example")]
    [InlineData("xn--strae-oqa.example", "xn--strae-oqa.example")]
    [InlineData("bücher。example", "xn--bcher-kva.example")]
    [InlineData("mx.example．com｡", "mx.example.com")]
    [InlineData("ｍｘ.example", "mx.example")]
    public void A_name_comes_into_its_one_form(string text, string expected)
    {
        Assert.True(HostName.TryNormalise(text, out var name, out var problem), problem);
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData(null, "nothing")]
    [InlineData("", "nothing")]
    [InlineData(".", "the root has no label")]
    [InlineData("com", "one label is no mail domain")]
    [InlineData("com.", "one label is no mail domain")]
    [InlineData("example..com", "an empty label")]
    [InlineData(".example.com", "an empty first label")]
    [InlineData("example.com..", "two final dots")]
    [InlineData("-a.example", "a hyphen in front")]
    [InlineData("a-.example", "a hyphen at the end")]
    [InlineData("a_b.example", "an underscore")]
    [InlineData("_mta-sts.example.com", "an underscore")]
    [InlineData("a b.example", "a space")]
    [InlineData(" a.example", "a space in front")]
    [InlineData("a.example ", "a space behind")]
    [InlineData("a\0.example", "a NUL")]
    [InlineData("a.example\n", "a newline")]
    [InlineData("*.example.com", "an asterisk")]
    [InlineData("192.0.2.1", "an address")]
    [InlineData("[192.0.2.1]", "an address literal")]
    [InlineData("2001:db8::1", "an address")]
    [InlineData("example.123", "a number as the last label")]
    [InlineData("a@b.example", "an at sign")]
    [InlineData("xn--a.example", "an A-label that does not decode")]
    [InlineData("xn--.example", "an A-label of nothing")]
    [InlineData("xn--abc-.example", "an A-label of plain ASCII")]
    [InlineData("xn--99999999.example", "an A-label that overflows")]
    [InlineData("\uD800.example", "half a surrogate pair")]
    [InlineData("ü..example", "an empty label beside a U-label")]
    public void What_is_no_name_of_two_labels_is_refused_with_a_reason(string? text, string why)
    {
        Assert.False(HostName.TryNormalise(text, out var name, out var problem), why);
        Assert.Null(name);
        Assert.NotEmpty(problem);
        Assert.All(problem, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void Labels_have_63_characters_at_most_and_names_253()
    {
        var label = new string('a', 63);
        Assert.True(HostName.TryNormalise($"{label}.example", out _, out _));
        Assert.False(HostName.TryNormalise($"{label}a.example", out _, out _));

        var longest = $"{label}.{label}.{label}.{label[..61]}";
        Assert.Equal(253, longest.Length);
        Assert.True(HostName.TryNormalise(longest, out _, out _));
        Assert.True(HostName.TryNormalise(longest + ".", out _, out _));
        Assert.False(HostName.TryNormalise($"{label}.{label}.{label}.{label[..62]}", out _, out _));
        Assert.False(HostName.TryNormalise(new string('ü', 60) + ".example", out _, out _));
        Assert.False(HostName.TryNormalise(new string('a', 1_000_000), out _, out _));
    }

    [Fact]
    public void One_label_is_a_host_name_and_no_domain_of_ours()
    {
        Assert.True(HostName.TryNormaliseAny("MX", out var name, out _));
        Assert.Equal("mx", name);
        Assert.False(MailDomain.TryParse("mx", out _, out _));
    }

    [Fact]
    public void The_names_below_a_domain_are_those_of_the_RFCs()
    {
        var domain = MailDomain.Parse("Bücher.example");
        Assert.Equal("xn--bcher-kva.example", domain.ToString());
        Assert.Equal("mta-sts.xn--bcher-kva.example", domain.PolicyHost);
        Assert.Equal("_mta-sts.xn--bcher-kva.example", domain.StsRecordName);
        Assert.Equal("_smtp._tls.xn--bcher-kva.example", domain.TlsRptRecordName);
    }

    [Fact]
    public void Any_text_is_a_name_or_has_a_problem_and_a_name_is_its_own_form()
    {
        Gen.String.Sample(text =>
        {
            if (HostName.TryNormaliseAny(text, out var name, out var problem))
            {
                Assert.True(HostName.TryNormaliseAny(name, out var again, out _));
                Assert.Equal(name, again);
            }
            else
            {
                Assert.NotEmpty(problem);
            }
        });
    }
}
