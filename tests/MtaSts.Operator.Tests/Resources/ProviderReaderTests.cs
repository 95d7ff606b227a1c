using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Tests.Resources;

public sealed class ProviderReaderTests
{
    [Theory]
    [InlineData("192.0.2.53", "192.0.2.53", 53)]
    [InlineData("192.0.2.53:5353", "192.0.2.53", 5353)]
    [InlineData("ns.example.net", "ns.example.net", 53)]
    [InlineData("ns.example.net:5353", "ns.example.net", 5353)]
    [InlineData("2001:db8::53", "2001:db8::53", 53)]
    [InlineData("[2001:db8::53]", "2001:db8::53", 53)]
    [InlineData("[2001:db8::53]:5353", "2001:db8::53", 5353)]
    [InlineData("192.0.2.53:54", "192.0.2.53", 54)]
    [InlineData("bind", "bind", 53)]
    [InlineData("ns.example.net.:65535", "ns.example.net.", 65535)]
    public void Reads_a_server(string text, string host, int port)
    {
        var settings = ProviderReader.Read(Samples.Provider(new ClusterDnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = text } }), "cluster-a").Value!;

        Assert.Equal((host, port), (settings.ServerHost, settings.ServerPort));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("ns.example.net:0", "port 0")]
    [InlineData("ns.example.net:65536", "a port too large")]
    [InlineData("ns.example.net:", "no port behind the colon")]
    [InlineData("ns.example.net:+53", "a sign")]
    [InlineData("[2001:db8::53", "no closing bracket")]
    [InlineData("[2001:db8::53]5353", "no colon")]
    [InlineData("[ns.example.net]:53", "a name in brackets")]
    [InlineData("[ns]:53", "a label in brackets")]
    [InlineData("a b", "a space in a label")]
    [InlineData("ns:65536", "a label and a port too large")]
    [InlineData("ns:0", "a label and port 0")]
    [InlineData("ns example", "a space")]
    [InlineData("b\u00fccher.example", "a name that the resolver does not take")]
    [InlineData("2001:db8::zz", "neither address nor name")]
    public void Refuses_a_server(string text, string why)
    {
        var reading = ProviderReader.Read(Samples.Provider(new ClusterDnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = text } }), "cluster-a");

        Assert.False(reading.IsValid, why);
        Assert.Equal("spec.rfc2136.server", Assert.Single(reading.Problems).Path);
    }

    public static TheoryData<string, string, Func<ClusterDnsProviderSpec, ClusterDnsProviderSpec>> BadSpecs => new()
    {
        { "a TTL under 30", "spec.ttl", s => s with { Ttl = 29 } },
        { "a TTL over a day", "spec.ttl", s => s with { Ttl = 86401 } },
        { "a zone that is no name", "spec.zones[0]", s => s with { Zones = ["exa mple.com"] } },
        { "a zone with an empty label", "spec.zones[0]", s => s with { Zones = ["a..b"] } },
        { "a zone of nothing", "spec.zones[0]", s => s with { Zones = [""] } },
        { "a zone in upper case", "spec.zones[0]", s => s with { Zones = ["Example.com"] } },
        { "an owner id with a comma", "spec.ownerId", s => s with { OwnerId = "a,b" } },
        { "a timeout of nothing", "spec.rfc2136.timeout", s => s with { Rfc2136 = s.Rfc2136 with { Timeout = "0s" } } },
        { "a timeout over a minute", "spec.rfc2136.timeout", s => s with { Rfc2136 = s.Rfc2136 with { Timeout = "61s" } } },
        { "an unknown algorithm", "spec.rfc2136.tsig.algorithm", s => s with { Rfc2136 = s.Rfc2136 with { Tsig = Tsig with { Algorithm = "hmac-md5" } } } },
        { "no key name", "spec.rfc2136.tsig.keyName", s => s with { Rfc2136 = s.Rfc2136 with { Tsig = Tsig with { KeyName = "" } } } },
        { "no Secret", "spec.rfc2136.tsig.secretRef.name", s => s with { Rfc2136 = s.Rfc2136 with { Tsig = Tsig with { SecretRef = new SecretKeyReference() } } } },
    };

    private static TsigSpec Tsig => new() { KeyName = "key", SecretRef = new SecretKeyReference { Name = "tsig" } };

    [Theory]
    [MemberData(nameof(BadSpecs), DisableDiscoveryEnumeration = true)]
    public void Names_the_field(string why, string path, Func<ClusterDnsProviderSpec, ClusterDnsProviderSpec> change)
    {
        var reading = ProviderReader.Read(Samples.Provider(change(Samples.ProviderSpec)), "cluster-a");

        Assert.False(reading.IsValid, why);
        Assert.Equal(path, Assert.Single(reading.Problems).Path);
    }

    [Fact]
    public void A_zone_that_is_named_twice_is_one() =>
        Assert.Equal(["example.com"], ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { Zones = ["example.com", "example.com"] }), "cluster-a").Value!.Zones);

    [Fact]
    public void Defaults_hold_where_nothing_is_said()
    {
        var settings = ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { Rfc2136 = Samples.ProviderSpec.Rfc2136 with { Tsig = Tsig } }), "cluster-a").Value!;

        Assert.Equal((300L, "cluster-a", TimeSpan.FromSeconds(5)), (settings.TtlSeconds, settings.OwnerId, settings.Timeout));
        Assert.Equal(new TsigSettings("key", "hmac-sha256", "tsig", "secret"), settings.Tsig);
        Assert.Empty(settings.Zones);
    }
}
