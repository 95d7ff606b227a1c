namespace MtaSts.PolicyServer.Tests;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("mta-sts.example.com", "as written")]
    [InlineData("MTA-STS.Example.COM", "any case")]
    [InlineData("mta-sts.example.com:443", "with a port")]
    [InlineData("mta-sts.example.com.", "with the root's dot")]
    [InlineData("mta-sts.EXAMPLE.com.:8080", "all of it")]
    public async Task A_host_of_a_policy_gets_its_exact_bytes(string host, string why)
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await server.GetAsync(host);

        Assert.True(answer.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal), $"{why}: {answer}");
        Assert.EndsWith("\r\n\r\n" + RunningServer.Document, answer);
        Assert.Contains($"\r\nContent-Length: {RunningServer.Document.Length}\r\n", answer);
        Assert.Contains("\r\nContent-Type: text/plain\r\n", answer);
        Assert.Contains("\r\nCache-Control: no-store\r\n", answer);
        Assert.Contains("\r\nX-Content-Type-Options: nosniff\r\n", answer);
        Assert.DoesNotContain("\r\nServer:", answer);
        Assert.DoesNotContain("\r\nTransfer-Encoding:", answer);
    }

    [Theory]
    [InlineData("example.com", "/.well-known/mta-sts.txt", "the mail domain itself is no policy host")]
    [InlineData("mta-sts.example.org", "/.well-known/mta-sts.txt", "no such policy")]
    [InlineData("mta-sts.mta-sts.example.com", "/.well-known/mta-sts.txt", "prefix twice")]
    [InlineData("mta-sts.", "/.well-known/mta-sts.txt", "prefix alone")]
    [InlineData("mta-sts.example.com..", "/.well-known/mta-sts.txt", "two dots")]
    [InlineData("127.0.0.1", "/.well-known/mta-sts.txt", "an address")]
    [InlineData("[::1]:80", "/.well-known/mta-sts.txt", "an IPv6 address")]
    [InlineData("mta-sts.example.com", "/", "root")]
    [InlineData("mta-sts.example.com", "/.well-known/mta-sts.txt/", "a slash too many")]
    [InlineData("mta-sts.example.com", "/.well-known/MTA-STS.txt", "paths have case")]
    [InlineData("mta-sts.example.com", "/.well-known/../..data/example.com", "the folder is not to be seen")]
    [InlineData("mta-sts.example.com", "/metrics", "metrics are on the other port")]
    public async Task Anything_else_is_404_without_a_redirect(string host, string path, string why)
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await server.GetAsync(host, path);

        Assert.True(answer.StartsWith("HTTP/1.1 404 Not Found\r\n", StringComparison.Ordinal), $"{why}: {answer}");
        Assert.DoesNotContain("\r\nLocation:", answer);
    }

    [Fact]
    public async Task HEAD_has_the_head_of_GET_and_no_body()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await server.GetAsync(method: "HEAD");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains($"\r\nContent-Length: {RunningServer.Document.Length}\r\n", answer);
        Assert.Contains("\r\nContent-Type: text/plain\r\n", answer);
        Assert.EndsWith("\r\n\r\n", answer);
        Assert.DoesNotContain("STSv1", answer);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    [InlineData("get")]
    public async Task Another_method_is_405_and_says_which_are_allowed(string method)
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await server.GetAsync(method: method);

        Assert.StartsWith("HTTP/1.1 405 Method Not Allowed\r\n", answer);
        Assert.Contains("\r\nAllow: GET, HEAD\r\n", answer);
    }

    [Theory]
    [InlineData("/.well-known/mta-sts.txt?v=2", "a query is ignored")]
    [InlineData("/.well-known/mta-sts%2Etxt", "an encoded dot is a dot")]
    [InlineData("http://mta-sts.example.com/.well-known/mta-sts.txt", "the absolute form of the same host")]
    public async Task Other_spellings_of_the_path_are_the_same_path(string path, string why)
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await server.GetAsync(path: path);

        Assert.True(answer.EndsWith(RunningServer.Document, StringComparison.Ordinal), $"{why}: {answer}");
    }

    [Fact]
    public async Task HTTP_1_0_is_answered_and_closed()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await Raw.ExchangeAsync(
            server.Address, "GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: mta-sts.example.com\r\n\r\n");

        Assert.EndsWith("\r\n\r\n" + RunningServer.Document, answer);
    }

    [Fact]
    public async Task HTTP_1_0_without_a_host_finds_no_policy()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await Raw.ExchangeAsync(server.Address, "GET /.well-known/mta-sts.txt HTTP/1.0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer);
    }

    [Fact]
    public async Task A_connection_is_kept_for_the_next_request()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();
        using Raw raw = await Raw.ConnectAsync(server.Address);

        await raw.SendAsync("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\n\r\n");
        await raw.ReadUntilAsync(RunningServer.Document);
        await raw.SendAsync("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.net\r\n\r\n");
        string second = await raw.ReadUntilAsync(RunningServer.OtherDocument);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", second);
    }

    [Fact]
    public async Task Both_IP_versions_are_answered_on_one_port()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using RunningServer server = await (await RunningServer.StartAsync(
            o => o with { Listen = new(System.Net.IPAddress.IPv6Any, 0) })).LoadedAsync();

        foreach (string address in new[] { "127.0.0.1", "[::1]" })
        {
            string answer = await Raw.ExchangeAsync(
                new Uri($"http://{address}:{server.Address.Port}"),
                "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\nConnection: close\r\n\r\n");
            Assert.EndsWith(RunningServer.Document, answer);
        }
    }
}
