using CsCheck;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Tests.Mail;

public sealed class MxPatternTests
{
    [Theory]
    [InlineData("mx.example.com", "mx.example.com")]
    [InlineData("mx.example.com", "MX.Example.Com")]
    [InlineData("MX.example.com", "mx.example.com")]
    [InlineData("mx.example.com", "mx.example.com.")]
    [InlineData("*.example.com", "mx.example.com")]
    [InlineData("*.example.com", "MX.EXAMPLE.COM.")]
    [InlineData("*.EXAMPLE.com", "mx.example.com")]
    [InlineData("*.example.com", "xn--bcher-kva.example.com")]
    [InlineData("*.bücher.example", "mx.xn--bcher-kva.example")]
    [InlineData("*.xn--bcher-kva.example", "mx.bücher.example")]
    [InlineData("*.com", "example.com")]
    [InlineData("mx", "mx")]
    public void The_pattern_covers_the_host(string pattern, string host)
    {
        Assert.True(MxPattern.TryParseAny(pattern, out var read, out var problem), problem);
        Assert.True(read.Matches(host));
    }

    [Theory]
    [InlineData("*.example.com", "example.com", "the wildcard's own name")]
    [InlineData("*.example.com", "a.b.example.com", "two labels")]
    [InlineData("*.example.com", ".example.com", "an empty label")]
    [InlineData("*.example.com", "mxexample.com", "no dot between")]
    [InlineData("*.example.com", "mx.example.com.evil.test", "the suffix is in the middle")]
    [InlineData("*.example.com", "mx.evilexample.com", "the suffix is part of a label")]
    [InlineData("*.example.com", "*.example.com", "an asterisk is no host")]
    [InlineData("example.com", "mx.example.com", "a name covers itself alone")]
    [InlineData("mx.example.com", "mx2.example.com", "another name")]
    [InlineData("*.com", "com", "the wildcard's own name")]
    [InlineData("*.0.2.example", "192.0.2.1", "an address is no host")]
    [InlineData("mx.example.com", "mx.example.com..", "two final dots")]
    [InlineData("mx.example.com", "", "nothing")]
    public void The_pattern_does_not_cover_the_host(string pattern, string host, string why)
    {
        Assert.True(MxPattern.TryParseAny(pattern, out var read, out _), why);
        Assert.False(read.Matches(host), why);
    }

    [Theory]
    [InlineData(null, "nothing")]
    [InlineData("", "nothing")]
    [InlineData("*", "no name behind the asterisk")]
    [InlineData("*.", "no name behind the asterisk")]
    [InlineData("*..com", "an empty label")]
    [InlineData("*.*.example.com", "two asterisks")]
    [InlineData("**.example.com", "two asterisks in one label")]
    [InlineData("mx*.example.com", "part of a label")]
    [InlineData("*mx.example.com", "part of a label")]
    [InlineData("mx.*.example.com", "not the first label")]
    [InlineData("mx.example.*", "not the first label")]
    [InlineData(".example.com", "an empty label")]
    [InlineData("mx.example.com.", "a final dot")]
    [InlineData("*.example.com.", "a final dot")]
    [InlineData("a_b.example.com", "an underscore")]
    [InlineData("192.0.2.1", "an address")]
    [InlineData("*.2.1", "an address")]
    [InlineData("mx.example.com ", "a space")]
    [InlineData("mx.example.com,mx2.example.com", "two names")]
    [InlineData("xn--a.example", "a fake A-label")]
    public void What_is_no_pattern_is_refused_with_a_reason(string? text, string why)
    {
        Assert.False(MxPattern.TryParseAny(text, out _, out var problem), why);
        Assert.NotEmpty(problem);
        Assert.False(MxPattern.TryParse(text, out _, out _), why);
    }

    [Theory]
    [InlineData("*.com")]
    [InlineData("localhost")]
    public void Our_resources_take_no_pattern_over_a_single_label(string text)
    {
        Assert.True(MxPattern.TryParseAny(text, out _, out _));
        Assert.False(MxPattern.TryParse(text, out _, out _));
    }

    [Fact]
    public void A_wildcard_covers_a_name_exactly_when_one_label_stands_in_front_of_its_suffix()
    {
        var label = Gen.OneOf("a", "b", "mx", "example", "com");
        Gen.Select(label.Array[1, 4], label.Array[1, 5]).Sample((suffix, host) =>
        {
            Assert.True(MxPattern.TryParseAny("*." + string.Join('.', suffix), out var pattern, out _));
            Assert.Equal(host.Length == suffix.Length + 1 && host.Skip(1).SequenceEqual(suffix), pattern.Matches(string.Join('.', host)));
        });
    }
}
