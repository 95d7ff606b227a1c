using System.Text.Json;
using MtaSts.Operator.Tests.Cli;

namespace MtaSts.Operator.Tests.Probes;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task A_healthy_domain_exits_0_and_tells_each_check()
    {
        await using var domain = new LoopbackDomain();
        var run = await CheckAsync(domain);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.All((string[])["PolicyServed", "CertificateLifetime", "TxtRecord", "TlsRptRecord", "MxCoverage", "MxTls"], c => Assert.Matches($@"(?m)^ *{c} +Healthy", run.Out));
        Assert.Contains("Policy: mode enforce, max_age 86400 s, mx mx1.example.com.", run.Out, StringComparison.Ordinal);
        Assert.Matches("(?m)^ *sending server to your MX +yes", run.Out);
        Assert.DoesNotContain("\u001b", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finding_exits_1_and_names_host_and_reason()
    {
        await using var domain = new LoopbackDomain(mxCertificate: "other.example.com");
        var run = await CheckAsync(domain);
        Assert.Equal(1, run.ExitCode);
        Assert.Matches("(?m)^ *MxTls +Broken +CertificateNameMismatch +mx1.example.com", run.Out);
    }

    [Fact]
    public async Task JSON_has_the_promised_form()
    {
        await using var domain = new LoopbackDomain(mxCertificate: "other.example.com");
        var run = await CheckAsync(domain, "-o", "json");
        var json = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal("example.com", json.GetProperty("domain").GetString());
        Assert.Equal(["domain", "checks", "policy", "covers"], json.EnumerateObject().Select(p => p.Name));
        var check = json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "MxTls");
        Assert.Equal(["name", "outcome", "reason", "subject", "message"], check.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Broken", check.GetProperty("outcome").GetString());
        Assert.Equal("enforce", json.GetProperty("policy").GetProperty("mode").GetString());
        Assert.Equal(86400, json.GetProperty("policy").GetProperty("maxAge").GetInt64());
        Assert.NotEmpty(json.GetProperty("covers").EnumerateArray());
    }

    [Fact]
    public async Task A_domain_without_a_policy_has_null_for_it()
    {
        await using var domain = new LoopbackDomain(policy: "hello");
        var run = await CheckAsync(domain, "-o", "json");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(run.Out).RootElement.GetProperty("policy").ValueKind);
    }

    [Fact]
    public async Task Private_addresses_are_refused_unless_allowed()
    {
        await using var domain = new LoopbackDomain();
        var run = await Transcript.OfAsync("check", "example.com", "--resolver", domain.Dns.EndPoint.ToString(), "--dns-port", $"{domain.Dns.Port}");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("AddressRefused", run.Out, StringComparison.Ordinal);
        Assert.Equal((0, 0), (domain.Https.Connections, domain.Smtp.Connections));
    }

    [Theory]
    [InlineData("no domain")]
    [InlineData("not a domain", "not a domain")]
    [InlineData("one label", "localhost")]
    [InlineData("resolver by name", "example.com", "--resolver", "dns.example.com")]
    [InlineData("resolver as a number", "example.com", "--resolver", "1")]
    [InlineData("resolver's port", "example.com", "--resolver", "127.0.0.1:99999")]
    [InlineData("no such file", "example.com", "--ca", "/nowhere/ca.pem")]
    [InlineData("a directory", "example.com", "--ca", "/")]
    [InlineData("an empty file", "example.com", "--ca", "/dev/null")]
    [InlineData("port 0", "example.com", "--smtp-port", "0")]
    [InlineData("port too high", "example.com", "--https-port", "65536")]
    [InlineData("port no number", "example.com", "--dns-port", "x")]
    [InlineData("no network", "example.com", "--allow-address", "10.0.0.0/33")]
    [InlineData("no time", "example.com", "--timeout", "0")]
    [InlineData("not a time", "example.com", "--timeout", "NaN")]
    [InlineData("unknown output", "example.com", "-o", "xml")]
    [InlineData("unknown option", "example.com", "--nonsense")]
    public async Task Wrong_usage_exits_2_with_one_line_and_a_hint(string why, params string[] arguments)
    {
        var run = await Transcript.OfAsync(["check", .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Equal(2, run.Error.TrimEnd().Split('\n').Length);
        Assert.NotEmpty(why);
    }

    private static async Task<Transcript> CheckAsync(LoopbackDomain domain, params string[] more)
    {
        var authority = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(authority, TestCertificates.RootPem, TestContext.Current.CancellationToken);
            return await Transcript.OfAsync(
            [
                "check", "example.com", "--resolver", domain.Dns.EndPoint.ToString(), "--dns-port", $"{domain.Dns.Port}", "--https-port", $"{domain.Https.Port}",
                "--smtp-port", $"{domain.Smtp.Port}", "--ca", authority, "--allow-address", "127.0.0.0/8", .. more,
            ]);
        }
        finally
        {
            File.Delete(authority);
        }
    }
}
