using CsCheck;
using MtaSts.Core.Desired;
using MtaSts.Core.Mail;

namespace MtaSts.Core.Tests.Desired;

public sealed class DelegationTests
{
    private static readonly Delegation Sts = Delegation.Parse("sts.platform.example");

    // Labels that make up names which contain one another, and the suffix itself.
    private static readonly Gen<string> GenName = Gen.OneOf("a", "b", "_mta-sts", "mta-sts", "sts", "platform", "example").Array[1, 7].Select(l => string.Join('.', l));

    [Theory]
    [InlineData("sts.platform.example", "sts.platform.example")]
    [InlineData("STS.Platform.Example.", "sts.platform.example")]
    public void Reads_a_suffix_in_its_one_form(string text, string suffix) => Assert.Equal(suffix, Delegation.Parse(text).Suffix);

    [Theory]
    [InlineData(null, "nothing")]
    [InlineData("", "nothing")]
    [InlineData("example", "one label")]
    [InlineData("_sts.example.com", "an underscore")]
    [InlineData("*.example.com", "a wildcard")]
    [InlineData(".example.com", "an empty label")]
    [InlineData("a b.example.com", "a space")]
    public void Refuses_what_is_no_suffix(string? text, string why)
    {
        Assert.False(Delegation.TryParse(text, out _, out var problem), why);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_name_has_its_place_below_the_suffix() =>
        Assert.Equal("_mta-sts.example.com.sts.platform.example", Sts.PlaceOf("_mta-sts.example.com"));

    // No two domains share a place, however their names are made.
    [Fact]
    public void Two_names_never_have_the_same_place() =>
        Gen.Select(GenName, GenName).Sample((a, b) => Assert.Equal(a == b, Sts.PlaceOf(a) == Sts.PlaceOf(b)));

    [Theory]
    [InlineData(207, 0)]
    [InlineData(208, 1)]
    [InlineData(228, 21)]
    public void A_domain_fits_as_long_as_its_longest_name_does(int chars, int tooMany)
    {
        var domain = MailDomain.Parse(Long(chars));
        Assert.Equal(chars, domain.ToString().Length);
        Assert.Equal(tooMany, Sts.CharsTooMany(domain));
    }

    private static string Long(int chars)
    {
        var labels = string.Concat(Enumerable.Repeat(new string('a', 49) + ".", 5));
        return labels[..(chars - 3)].TrimEnd('.').PadRight(chars - 3, 'a') + ".co";
    }
}
