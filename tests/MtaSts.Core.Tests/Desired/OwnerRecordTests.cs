using MtaSts.Core.Desired;

namespace MtaSts.Core.Tests.Desired;

public sealed class OwnerRecordTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        foreach (var type in Enum.GetValues<RecordType>())
        {
            var record = new OwnerRecord(type, OwnerIdentity.Create("prod-1", "team-a/example-com"));
            Assert.True(OwnerRecord.TryParse(record.ToString(), out var again));
            Assert.Equal(record, again);
        }
    }

    [Fact]
    public void The_form_that_is_published_does_not_change() =>
        Assert.Equal(
            "heritage=mta-sts-operator,owner=prod-1,type=TXT,resource=team-a/example-com",
            new OwnerRecord(RecordType.Txt, OwnerIdentity.Create("prod-1", "team-a/example-com")).ToString());

    [Theory]
    [InlineData("heritage=mta-sts-operator,owner=a,type=AAAA,resource=n/r,colour=blue", "a key of a later version")]
    [InlineData("heritage=mta-sts-operator,v=2,resource=n/r,type=AAAA,owner=a", "another order")]
    [InlineData("heritage=mta-sts-operator,owner=a,type=AAAA,resource=n/r,note=", "an empty text")]
    public void Unknown_keys_and_any_order_are_read(string text, string why)
    {
        Assert.True(OwnerRecord.TryParse(text, out var record), why);
        Assert.Equal(new OwnerRecord(RecordType.Aaaa, OwnerIdentity.Create("a", "n/r")), record);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("heritage=external-dns,external-dns/owner=default", "another program's")]
    [InlineData("heritage=mta-sts-operator", "nothing in it")]
    [InlineData("heritage=mta-sts-operator,owner=a,type=TXT", "no resource")]
    [InlineData("heritage=mta-sts-operator,owner=a,type=MX,resource=n/r", "a type that we never write")]
    [InlineData("heritage=mta-sts-operator,owner=a,owner=b,type=TXT,resource=n/r", "two owners")]
    [InlineData("heritage=mta-sts-operator,owner=a b,type=TXT,resource=n/r", "a blank in the owner")]
    [InlineData("heritage=mta-sts-operator,owner=a,type=TXT,resource=n", "no namespace")]
    [InlineData("heritage=mta-sts-operator,owner=a,type=TXT,resource=n/r,", "an empty field")]
    [InlineData("owner=a,heritage=mta-sts-operator,type=TXT,resource=n/r", "the heritage is not first")]
    public void Anything_else_is_not_an_owner_record(string text, string why) =>
        Assert.False(OwnerRecord.TryParse(text, out _), why);

    [Theory]
    [InlineData("", "n/r", "ownerId")]
    [InlineData("a,b", "n/r", "ownerId")]
    [InlineData("ä", "n/r", "ownerId")]
    [InlineData("a", "n/r/x", "resource")]
    [InlineData("a", "N/r", "resource")]
    public void A_wrong_identity_names_its_part(string owner, string resource, string part)
    {
        Assert.False(OwnerIdentity.TryCreate(owner, resource, out _, out var problem));
        Assert.StartsWith(part, problem, StringComparison.Ordinal);
    }
}
