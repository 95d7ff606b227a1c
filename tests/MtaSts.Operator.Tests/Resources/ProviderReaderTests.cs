using MtaSts.Operator.Dns.Webhook;
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
        var settings = ProviderReader.Read(Samples.Provider(new DnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = text } }), "cluster-a").Value!;

        var server = Assert.IsType<DnsBackend.Rfc2136>(settings.Backend);
        Assert.Equal((host, port), (server.Host, server.Port));
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
        var reading = ProviderReader.Read(Samples.Provider(new DnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = text } }), "cluster-a");

        Assert.False(reading.IsValid, why);
        Assert.Equal("spec.rfc2136.server", Assert.Single(reading.Problems).Path);
    }

    public static TheoryData<string, string, Func<DnsProviderSpec, DnsProviderSpec>> BadSpecs => new()
    {
        { "a TTL under 30", "spec.ttl", s => s with { Ttl = 29 } },
        { "a TTL over a day", "spec.ttl", s => s with { Ttl = 86401 } },
        { "a zone that is no name", "spec.zones[0]", s => s with { Zones = ["exa mple.com"] } },
        { "a zone with an empty label", "spec.zones[0]", s => s with { Zones = ["a..b"] } },
        { "a zone of nothing", "spec.zones[0]", s => s with { Zones = [""] } },
        { "a zone in upper case", "spec.zones[0]", s => s with { Zones = ["Example.com"] } },
        { "an owner id with a comma", "spec.ownerId", s => s with { OwnerId = "a,b" } },
        { "a timeout of nothing", "spec.rfc2136.timeout", s => s with { Rfc2136 = s.Rfc2136! with { Timeout = "0s" } } },
        { "a timeout over a minute", "spec.rfc2136.timeout", s => s with { Rfc2136 = s.Rfc2136! with { Timeout = "61s" } } },
        { "an unknown algorithm", "spec.rfc2136.tsig.algorithm", s => s with { Rfc2136 = s.Rfc2136! with { Tsig = Tsig with { Algorithm = "hmac-md5" } } } },
        { "no key name", "spec.rfc2136.tsig.keyName", s => s with { Rfc2136 = s.Rfc2136! with { Tsig = Tsig with { KeyName = "" } } } },
        { "no Secret", "spec.rfc2136.tsig.secretRef.name", s => s with { Rfc2136 = s.Rfc2136! with { Tsig = Tsig with { SecretRef = new SecretKeyReference() } } } },
        { "a limit of a server that is not asked by HTTP", "spec.rateLimit", s => s with { RateLimit = new RateLimitSpec { Requests = 100 } } },
        { "a limit that says nothing", "spec.rateLimit.requests", _ => new DnsProviderSpec { Cloudflare = Cloudflare, RateLimit = new RateLimitSpec() } },
        { "a limit of too little", "spec.rateLimit.requests", _ => new DnsProviderSpec { Cloudflare = Cloudflare, RateLimit = new RateLimitSpec { Requests = 59 } } },
        { "a limit above Cloudflare's", "spec.rateLimit.requests", _ => new DnsProviderSpec { Cloudflare = Cloudflare, RateLimit = new RateLimitSpec { Requests = 1201 } } },
        { "a cnameTarget that is no name", "spec.cnameTarget", s => s with { CnameTarget = "sts platform.example" } },
        { "a cnameTarget of nothing", "spec.cnameTarget", s => s with { CnameTarget = "" } },
        { "a cnameTarget of one label", "spec.cnameTarget", s => s with { CnameTarget = "sts" } },
        { "a cnameTarget with a final dot", "spec.cnameTarget", s => s with { CnameTarget = "sts.platform.example." } },
        { "a cnameTarget in upper case", "spec.cnameTarget", s => s with { CnameTarget = "STS.platform.example" } },
        { "a cnameTarget that is a wildcard", "spec.cnameTarget", s => s with { CnameTarget = "*.platform.example" } },
        { "a cnameTarget outside of the zones", "spec.cnameTarget", s => s with { Zones = ["example.com", "form.example"], CnameTarget = "sts.platform.example" } },
        { "no place at all", "spec", s => s with { Rfc2136 = null } },
        { "DNSEndpoints without zones", "spec.zones", s => Endpoint(e => e) with { Zones = null } },
        { "DNSEndpoints in no namespace", "spec.externalDnsEndpoint.namespace", s => Endpoint(e => e with { Namespace = "A" }) },
        { "DNSEndpoints with a label that is none", "spec.externalDnsEndpoint.labels[\"a b\"]", s => Endpoint(e => e with { Labels = new Dictionary<string, string> { ["a b"] = "c" } }) },
        { "DNSEndpoints with a form of text that is none", "spec.externalDnsEndpoint.txtForm", s => Endpoint(e => e with { TxtForm = "Auto" }) },
        { "DNSEndpoints with a network that is none", "spec.externalDnsEndpoint.allowedAddresses[0]", s => Endpoint(e => e with { AllowedAddresses = ["10.0.0.1/8"] }) },
        { "two places", "spec", s => s with { Manual = new ManualSpec() } },
        { "an API that is no URL", "spec.powerDns.url", s => PowerDns(p => p with { Url = "pdns:8081" }) },
        { "an API of another scheme", "spec.powerDns.url", s => PowerDns(p => p with { Url = "file:///etc/passwd" }) },
        { "a password in a URL", "spec.powerDns.url", s => PowerDns(p => p with { Url = "http://user:secret@pdns:8081" }) },
        { "a query in a URL", "spec.powerDns.url", s => PowerDns(p => p with { Url = "http://pdns:8081/?a=b" }) },
        { "a server that leaves its place in the path", "spec.powerDns.server", s => PowerDns(p => p with { Server = "../x" }) },
        { "a server that is the folder above", "spec.powerDns.server", s => PowerDns(p => p with { Server = ".." }) },
        { "no Secret of the API key", "spec.powerDns.apiKeySecretRef.name", s => PowerDns(p => p with { ApiKeySecretRef = new SecretKeyReference() }) },
        { "no Secret of the token", "spec.cloudflare.tokenSecretRef.name", s => new DnsProviderSpec { Cloudflare = new CloudflareSpec() } },
        { "a time-out of an hour", "spec.cloudflare.timeout", s => new DnsProviderSpec { Cloudflare = Cloudflare with { Timeout = "1h" } } },
        { "a proxy without a host", "spec.cloudflare.url", s => new DnsProviderSpec { Cloudflare = Cloudflare with { Url = "https://" } } },
        { "a token in the clear", "spec.cloudflare.url", s => new DnsProviderSpec { Cloudflare = Cloudflare with { Url = "http://proxy.example.net" } } },
        {
            "a form of text that is none", "spec.externalDnsWebhook.txtForm",
            s => new DnsProviderSpec { ExternalDnsWebhook = new ExternalDnsWebhookSpec { Url = "http://localhost:8888", TxtForm = "bare" } }
        },
        { "a webhook without a scheme", "spec.externalDnsWebhook.url", s => new DnsProviderSpec { ExternalDnsWebhook = new ExternalDnsWebhookSpec { Url = "localhost:8888" } } },
    };

    private static CloudflareSpec Cloudflare => new() { TokenSecretRef = new SecretKeyReference { Name = "token" } };

    private static DnsProviderSpec PowerDns(Func<PowerDnsSpec, PowerDnsSpec> change) => new()
    {
        PowerDns = change(new PowerDnsSpec { Url = "http://pdns:8081", ApiKeySecretRef = new SecretKeyReference { Name = "key" } }),
    };

    private static TsigSpec Tsig => new() { KeyName = "key", SecretRef = new SecretKeyReference { Name = "tsig" } };

    [Theory]
    [MemberData(nameof(BadSpecs), DisableDiscoveryEnumeration = true)]
    public void Names_the_field(string why, string path, Func<DnsProviderSpec, DnsProviderSpec> change)
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
        var settings = ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { Rfc2136 = Samples.ProviderSpec.Rfc2136! with { Tsig = Tsig } }), "cluster-a").Value!;

        Assert.Equal((300L, "cluster-a"), (settings.TtlSeconds, settings.OwnerId));
        Assert.Equal(
            new DnsBackend.Rfc2136("192.0.2.53", 53, TimeSpan.FromSeconds(5), new TsigSettings("key", "hmac-sha256", new SecretEntry("tsig", "secret"))), settings.Backend);
        Assert.Empty(settings.Zones);
    }

    [Theory]
    [InlineData("_mta-sts.example.com.sts.platform.example")]
    [InlineData("_mta-sts.example.com.sts.platform.example", "platform.example")]
    [InlineData("_mta-sts.example.com.sts.platform.example", "example.com", "sts.platform.example")]
    public void With_a_cnameTarget_each_name_has_its_place_below_it(string place, params string[] zones)
    {
        var settings = ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { Zones = zones, CnameTarget = "sts.platform.example" }), "cluster-a").Value!;

        Assert.Equal(place, settings.PlaceOf("_mta-sts.example.com"));
    }

    [Fact]
    public void Without_one_a_name_is_its_own_place() =>
        Assert.Equal("_mta-sts.example.com", ProviderReader.Read(Samples.Provider(Samples.ProviderSpec), "cluster-a").Value!.PlaceOf("_mta-sts.example.com"));

    public static TheoryData<DnsProviderSpec, string, DnsBackend> Backends => new()
    {
        { new DnsProviderSpec { Cloudflare = Cloudflare }, "cloudflare", new DnsBackend.Cloudflare(null, new SecretEntry("token", "secret"), TimeSpan.FromSeconds(10)) },
        {
            PowerDns(p => p), "powerDns",
            new DnsBackend.PowerDns(new Uri("http://pdns:8081"), "localhost", new SecretEntry("key", "secret"), TimeSpan.FromSeconds(10))
        },
        {
            new DnsProviderSpec { ExternalDnsWebhook = new ExternalDnsWebhookSpec { Url = "http://localhost:8888", Timeout = "20s" } }, "externalDnsWebhook",
            new DnsBackend.Webhook(new Uri("http://localhost:8888"), TimeSpan.FromSeconds(20), WebhookTxtForm.Auto)
        },
        { new DnsProviderSpec { Manual = new ManualSpec() }, "manual", new DnsBackend.Manual() },
    };

    [Theory]
    [MemberData(nameof(Backends), DisableDiscoveryEnumeration = true)]
    public void Reads_where_records_are_written(DnsProviderSpec spec, string field, DnsBackend backend)
    {
        var settings = ProviderReader.Read(Samples.Provider(spec), "cluster-a").Value!;

        Assert.Equal(backend, settings.Backend);
        Assert.Equal(field, settings.Backend.Field);
    }

    [Fact]
    public void Only_what_is_written_by_hand_is_not_marked()
    {
        var server = ProviderReader.Read(Samples.Provider(Samples.ProviderSpec), "cluster-a").Value!;
        var manual = ProviderReader.Read(Samples.Provider(new DnsProviderSpec { Manual = new ManualSpec() }), "cluster-a").Value!;

        Assert.Equal("cluster-a", server.IdentityOf("team-a/example")?.OwnerId);
        Assert.Null(manual.IdentityOf("team-a/example"));
    }

    [Fact]
    public void Two_readings_of_the_same_DNSEndpoints_are_equal_and_the_status_says_what_external_dns_needs()
    {
        DnsProviderSpec Spec() => Endpoint(e => e with { Namespace = "dns", Labels = new Dictionary<string, string> { ["team/a"] = "b" }, AllowedAddresses = ["10.0.0.0/8"] });
        var (first, second) = (ProviderReader.Read(Samples.Provider(Spec()), "a").Value!, ProviderReader.Read(Samples.Provider(Spec()), "a").Value!);

        Assert.Equal(first.Backend, second.Backend);
        Assert.Equal("DNSEndpoints in dns", first.Backend.Place);
        Assert.Contains("--managed-record-types=TXT", first.Backend.Note, StringComparison.Ordinal);
        Assert.NotEqual(first.Backend, ProviderReader.Read(Samples.Provider(Endpoint(e => e with { Namespace = "dns" })), "a").Value!.Backend);
    }

    private static DnsProviderSpec Endpoint(Func<ExternalDnsEndpointSpec, ExternalDnsEndpointSpec> change) =>
        new() { Zones = ["example.com"], ExternalDnsEndpoint = change(new ExternalDnsEndpointSpec()) };
}
