using System.Text;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Dns.Webhook;

namespace MtaSts.Operator.Tests.Dns;

public sealed class WebhookDomainFilterTests
{
    [Theory]
    [InlineData("{}", "a.example.com", true)]
    [InlineData("null", "a.example.com", true)]
    [InlineData("""{"include":null,"exclude":[]}""", "a.example.com", true)]
    [InlineData("""{"include":["example.com"]}""", "a.example.com", true)]
    [InlineData("""{"include":["example.com"]}""", "example.com", true)]
    [InlineData("""{"include":["Example.COM."]}""", "a.example.com", true)]
    [InlineData("""{"include":["example.com"]}""", "notexample.com", false)]
    [InlineData("""{"include":["example.com"]}""", "com", false)]
    [InlineData("""{"include":[".example.com"]}""", "example.com", false)]
    [InlineData("""{"include":[".example.com"]}""", "a.example.com", true)]
    [InlineData("""{"include":["bücher.example"]}""", "a.xn--bcher-kva.example", true)]
    [InlineData("""{"include":["example.com"],"exclude":["b.example.com"]}""", "a.b.example.com", false)]
    [InlineData("""{"include":["example.com"],"exclude":["b.example.com"]}""", "c.example.com", true)]
    [InlineData("""{"exclude":["b.example.com"]}""", "b.example.com", false)]
    [InlineData("""{"exclude":["b.example.com"]}""", "other.org", true)]
    [InlineData("""{"filters":["example.com"]}""", "other.org", false)]
    [InlineData("""{"regexInclude":"\\.example\\.com$"}""", "a.example.com", true)]
    [InlineData("""{"regexInclude":"\\.example\\.com$"}""", "example.com", false)]
    [InlineData("""{"regexInclude":"example","regexExclude":"^b\\."}""", "b.example.com", false)]
    [InlineData("""{"regexExclude":"^b\\."}""", "a.example.com", true)]
    public void A_name_passes_or_not(string filter, string name, bool passes)
    {
        Assert.True(WebhookDomainFilter.TryRead(Encoding.UTF8.GetBytes(filter), out var read, out var problem), problem);
        Assert.Equal(passes, read.Passes(DnsName.Parse(name)));
    }

    [Theory]
    [InlineData("", "its JSON")]
    [InlineData("<html>", "its JSON")]
    [InlineData("[]", "its JSON")]
    [InlineData("""{"include":"example.com"}""", "its JSON")]
    [InlineData("""{"include":[1]}""", "its JSON")]
    [InlineData("""{"include":["a..b"]}""", "the domain \"a..b\"")]
    [InlineData("""{"include":["a\nb"]}""", "the domain \"a\\u000Ab\"")]
    [InlineData("""{"include":["."]}""", "the domain")]
    [InlineData("""{"only":["example.com"]}""", "the key \"only\"")]
    [InlineData("""{"include":["a.example"],"regexInclude":"b"}""", "together")]
    [InlineData("""{"regexInclude":"(unclosed"}""", "the regular expression")]
    [InlineData("""{"regexInclude":"(a)\\1"}""", "the regular expression")]
    public void What_is_not_understood_is_refused(string filter, string words)
    {
        Assert.False(WebhookDomainFilter.TryRead(Encoding.UTF8.GetBytes(filter), out _, out var problem));
        Assert.Contains(words, problem, StringComparison.Ordinal);
    }
}
