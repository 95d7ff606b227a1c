using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes.Tests;

public sealed class SubsetCompareTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", null, "more than wanted is fine")]
    [InlineData("""{"a":{"b":"x"}}""", """{"a":{"b":"x","c":"default"}}""", null, "also deeper")]
    [InlineData("""{"l":[{"name":"a"}]}""", """{"l":[{"name":"a","protocol":"TCP"}]}""", null, "also in list elements")]
    [InlineData("""{"a":1}""", """{"a":1.0}""", null, "the same number")]
    [InlineData("""{"a":null}""", """{}""", null, "null is absent")]
    [InlineData("""{"a":{}}""", """{}""", null, "an empty map is absent")]
    [InlineData("""{"a":[]}""", """{}""", null, "an empty list is absent")]
    [InlineData("""{"a":"1"}""", """{"a":1}""", "/a", "a string is no number")]
    [InlineData("""{"a":true}""", """{"a":false}""", "/a", "another value")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{}}""", "/a/b", "a value that is not there")]
    [InlineData("""{"l":[1,2]}""", """{"l":[2,1]}""", "/l/0", "another order")]
    [InlineData("""{"l":[1]}""", """{"l":[1,2]}""", "/l", "a longer list")]
    [InlineData("""{"l":[]}""", """{"l":[1]}""", "/l", "a list that is to be empty")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[1]}""", "/a", "a map is no list")]
    public void Tells_the_first_value_that_is_not_so(string desired, string current, string? path, string why)
    {
        Assert.True(path == SubsetCompare.FirstDifference(JsonNode.Parse(desired), JsonNode.Parse(current)), why);
    }
}
