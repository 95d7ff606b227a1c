using MtaSts.Operator.Dns.Rfc2136;

namespace MtaSts.Operator.Tests.Dns;

public sealed class Rfc2136OptionsTests
{
    private const string Secret = "c2VjcmV0LXNlY3JldA==";

    [Theory]
    [InlineData("ns1.example.net", 53, "ns1.example.net:53")]
    [InlineData("192.0.2.1", 54, "192.0.2.1:54")]
    [InlineData("2001:db8::1", 54, "[2001:db8::1]:54")]
    public void The_server_is_shown_as_it_would_be_written(string host, int port, string server) =>
        Assert.Equal(server, Options(host, port, null).Server);

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
        Assert.DoesNotContain(Secret, Options("ns", 53, key).ToString(), StringComparison.Ordinal);
    }

    private static Rfc2136Options Options(string host, int port, TsigKey? key) =>
        new() { Host = host, Port = port, Zones = [], Key = key, Timeout = TimeSpan.FromSeconds(5) };
}
