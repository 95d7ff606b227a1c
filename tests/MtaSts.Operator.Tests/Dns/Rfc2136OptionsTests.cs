using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Tests.Dns;

public sealed class Rfc2136OptionsTests
{
    private const string Secret = "c2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData("ns1.example.net", "ns1.example.net:53")]
    [InlineData("ns1.example.net:5353", "ns1.example.net:5353")]
    [InlineData("192.0.2.1", "192.0.2.1:53")]
    [InlineData("192.0.2.1:54", "192.0.2.1:54")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:54", "[2001:db8::1]:54")]
    public void A_server_is_a_host_with_or_without_a_port(string text, string server)
    {
        Assert.True(Rfc2136Options.TryCreate(text, ["Example.COM."], null, null, out var options, out var problems), string.Join('\n', problems));
        Assert.Equal((server, "example.com"), (options.Server, Assert.Single(options.Zones)));
    }

    [Theory]
    [InlineData("", "example.com", 5, "server")]
    [InlineData("a b", "example.com", 5, "server")]
    [InlineData("ns:0", "example.com", 5, "server")]
    [InlineData("ns:65536", "example.com", 5, "server")]
    [InlineData("[ns]:53", "example.com", 5, "server")]
    [InlineData("ns", "a..b", 5, "zones")]
    [InlineData("ns", "", 5, "zones")]
    [InlineData("ns", "example.com", 0, "timeout")]
    [InlineData("ns", "example.com", 61, "timeout")]
    public void A_wrong_setting_is_named(string server, string zone, int seconds, string field)
    {
        Assert.False(Rfc2136Options.TryCreate(server, [zone], null, TimeSpan.FromSeconds(seconds), out _, out var problems));
        Assert.StartsWith(field + ":", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "hmac-sha256", Secret, "tsigKeyName")]
    [InlineData("a..b", "hmac-sha256", Secret, "tsigKeyName")]
    [InlineData("key", "hmac-md5", Secret, "tsigAlgorithm")]
    [InlineData("key", null, Secret, "tsigAlgorithm")]
    [InlineData("key", "hmac-sha256", "", "tsigSecretRef")]
    [InlineData("key", "hmac-sha256", "hush!hush", "tsigSecretRef")]
    public void A_wrong_key_is_named_and_its_secret_is_not_shown(string? name, string? algorithm, string secret, string field)
    {
        Assert.False(TsigKey.TryCreate(name, algorithm, secret, out _, out var problem));
        Assert.StartsWith(field + ":", problem, StringComparison.Ordinal);
        Assert.False(secret.Length > 0 && problem.Contains(secret, StringComparison.Ordinal), problem);
    }

    [Fact]
    public void A_key_may_end_in_a_newline_and_never_shows_its_secret()
    {
        Assert.True(TsigKey.TryCreate("Updates.", "HMAC-SHA512", Secret + "\n", out var key, out _));
        Assert.Equal("updates (hmac-sha512)", key.ToString());
        Assert.True(Rfc2136Options.TryCreate("ns", [], key, null, out var options, out _));
        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
    }
}
