using MtaSts.PolicyServer.Policies;

namespace MtaSts.PolicyServer.Tests;

public sealed class DomainNameTests
{
    private static readonly string Label63 = new('a', 63);

    public static TheoryData<string, bool, string> Names => new()
    {
        { "example.com", true, "the usual" },
        { "xn--bcher-kva.example", true, "an A-label" },
        { "a.b.c.d.e", true, "many labels" },
        { "3com.example", true, "a digit first" },
        { "local", true, "one label: a domain all the same" },
        { Label63 + ".example", true, "the longest label" },
        { string.Join('.', Label63, Label63, Label63, new string('a', 53)), true, "the longest name" },
        { string.Join('.', Label63, Label63, Label63, new string('a', 54)), false, "one too many" },
        { Label63 + "a.example", false, "a label of 64" },
        { "", false, "nothing" },
        { ".", false, "no labels" },
        { "example.com.", false, "the root's dot: the file name has none" },
        { ".example.com", false, "an empty label" },
        { "a..b", false, "an empty label" },
        { "Example.com", false, "upper case" },
        { "under_score.com", false, "no host name" },
        { "-a.com", false, "a hyphen first" },
        { "a-.com", false, "a hyphen last" },
        { "bücher.example", false, "a U-label" },
        { "192.0.2.1", false, "an IP address" },
        { "*.example.com", false, "a wildcard" },
        { "a/b", false, "a path" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_name_is_a_mail_domain_or_not(string name, bool valid, string why) =>
        Assert.True(DomainName.IsValid(name) == valid, why);
}
