namespace MtaSts.PolicyServer.Tests;

public sealed class LimitTests
{
    private const string Line = "GET /.well-known/mta-sts.txt HTTP/1.1\r\n";
    private const string Head = Line + "Host: mta-sts.example.com\r\n";

    public static TheoryData<string, string, string> Refused => new()
    {
        { Line + "\r\n", "400", "no Host" },
        { Head + "Host: mta-sts.example.net\r\n\r\n", "400", "two Hosts" },
        { Line + "Host: mta-sts.example.com, x\r\n\r\n", "400", "a Host that is a list" },
        { Line + "Host: a b\r\n\r\n", "400", "a Host with a space" },
        { "GET http://mta-sts.example.net/ HTTP/1.1\r\nHost: mta-sts.example.com\r\n\r\n", "400", "a target that is not the Host" },
        { "GET / HTTP/9.9\r\n\r\n", "505", "an unknown version" },
        { "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n", "400", "TLS on the clear port" },
        { "GET /" + new string('a', 4000) + " HTTP/1.1\r\n\r\n", "414", "a long request line" },
        { Head + "X: " + new string('a', 9000) + "\r\n\r\n", "431", "a large header field" },
        { Head + string.Concat(Enumerable.Range(0, 80).Select(i => $"X{i}: y\r\n")) + "\r\n", "431", "many header fields" },
        { Head + "Content-Length: 5\r\n\r\nhello", "413", "a body" },
        { "POST /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.com\r\nContent-Length: 5000000\r\n\r\nx", "413", "the start of a large body" },
        { Head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "413", "a chunked body" },
        { Head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Head + "\r\n", "413", "a smuggled request" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_beyond_the_limits_is_refused_and_the_connection_closed(string request, string status, string why)
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answer = await Raw.ExchangeAsync(server.Address, request);

        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{why}: {answer}");
        Assert.DoesNotContain("STSv1", answer);
        Assert.EndsWith(RunningServer.Document, await server.GetAsync()); // others do not notice
    }

    [Fact]
    public async Task A_head_that_dribbles_in_is_cut_off_after_the_header_timeout()
    {
        await using RunningServer server = await (await RunningServer.StartAsync(
            o => o with { HeaderTimeout = TimeSpan.FromSeconds(1) })).LoadedAsync();
        using Raw slow = await Raw.ConnectAsync(server.Address);
        await slow.SendAsync(Head + "X-Slow: ");

        string answer = await slow.ReadToCloseAsync();

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.EndsWith(RunningServer.Document, await server.GetAsync());
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_cut_off_after_the_keep_alive_timeout()
    {
        await using RunningServer server = await (await RunningServer.StartAsync(
            o => o with { KeepAliveTimeout = TimeSpan.FromSeconds(1) })).LoadedAsync();
        using Raw silent = await Raw.ConnectAsync(server.Address);

        Assert.Equal("", await silent.ReadToCloseAsync());
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        await using RunningServer server = await (await RunningServer.StartAsync()).LoadedAsync();

        string answers = await Raw.ExchangeAsync(
            server.Address,
            Head + "\r\n"
            + Line + "Host: mta-sts.example.net\r\n\r\n"
            + Line + "Host: mta-sts.example.org\r\n\r\n"
            + Head + "Connection: close\r\n\r\n");

        string[] bodies = [.. answers.Split("HTTP/1.1 ").Skip(1).Select(a => a[..3] + a[(a.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])];
        Assert.Equal(["200" + RunningServer.Document, "200" + RunningServer.OtherDocument, "404", "200" + RunningServer.Document], bodies);
    }

    [Fact]
    public async Task Connections_above_the_limit_are_closed_and_health_still_answers()
    {
        await using RunningServer server = await (await RunningServer.StartAsync(o => o with { MaxConnections = 2 })).LoadedAsync();
        using Raw first = await Raw.ConnectAsync(server.Address);
        using Raw second = await Raw.ConnectAsync(server.Address);
        await first.SendAsync(Head + "\r\n");
        await first.ReadUntilAsync(RunningServer.Document);
        await second.SendAsync(Head + "\r\n");
        await second.ReadUntilAsync(RunningServer.Document);

        using Raw third = await Raw.ConnectAsync(server.Address);
        Assert.Equal("", await third.ReadToCloseAsync());
        Assert.Contains("200 OK", await server.HealthAsync("/healthz"));

        first.Dispose();
        await Eventually.TrueAsync(() => server.Host.Metrics.Connections < 2);
        using Raw fourth = await Raw.ConnectAsync(server.Address);
        await fourth.SendAsync(Head + "\r\n");
        await fourth.ReadUntilAsync(RunningServer.Document);
    }
}
