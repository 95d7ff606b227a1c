namespace MtaSts.Operator.Tests.Cli;

public sealed class MatchCommandTests
{
    [Theory]
    [InlineData(0, "*.example.com", "mx.example.com")]
    [InlineData(0, "*.Example.com", "MX.example.COM.")]
    [InlineData(0, "mx.example.com", "mx.example.com")]
    [InlineData(0, "*.com", "example.com")]
    [InlineData(0, "mx", "mx")]
    [InlineData(0, "*.bücher.example", "mx.xn--bcher-kva.example")]
    [InlineData(1, "*.example.com", "example.com")]
    [InlineData(1, "*.example.com", "a.b.example.com")]
    [InlineData(1, "mx.example.com", "mx2.example.com")]
    [InlineData(1, "*.com", "com")]
    [InlineData(2, "", "mx.example.com")]
    [InlineData(2, "*", "mx.example.com")]
    [InlineData(2, "*.", "mx.example.com")]
    [InlineData(2, "*.*.com", "mx.example.com")]
    [InlineData(2, "m*.example.com", "mx.example.com")]
    [InlineData(2, "mx.example.com.", "mx.example.com")]
    [InlineData(2, "-x.example", "mx.example.com")]
    [InlineData(2, "*.example.com", "")]
    [InlineData(2, "*.example.com", ".")]
    [InlineData(2, "*.example.com", "*.example.com")]
    [InlineData(2, "*.example.com", "a_b.example.com")]
    [InlineData(2, "*.example.com", "192.0.2.1")]
    [InlineData(2, "*.example.com", "mx..example.com")]
    public async Task The_exit_code_says_match_no_match_or_wrong_usage(int code, string pattern, string host)
    {
        var run = await Transcript.OfAsync("match", pattern, host);
        Assert.Equal(code, run.ExitCode);
        Assert.Equal(code == 2, run.Out.Length == 0);
        Assert.Equal(code == 2, run.Error.Length > 0);
    }

    [Fact]
    public async Task A_line_says_why()
    {
        Assert.Equal(
            new(1, "a.b.example.com does not match *.example.com: a wildcard covers exactly one label\n", ""),
            await Transcript.OfAsync("match", "*.example.com", "a.b.example.com"));
        Assert.Equal(
            new(1, "example.com does not match *.example.com: a wildcard does not cover the name without a label in its place\n", ""),
            await Transcript.OfAsync("match", "*.example.com", "example.com"));
    }

    [Fact]
    public async Task Wrong_usage_names_the_argument()
    {
        Assert.Equal(
            new(2, "", "mtasts match: PATTERN is not an mx pattern: \"*.*.com\" has an asterisk that is not its whole first label\nTry 'mtasts match --help'.\n"),
            await Transcript.OfAsync("match", "*.*.com", "a.b.com"));
        Assert.Equal(
            new(2, "", "mtasts match: HOST is not a host name: the name is empty\nTry 'mtasts match --help'.\n"),
            await Transcript.OfAsync("match", "*.example.com", ""));
    }

    [Fact]
    public async Task JSON_has_the_names_in_their_one_form()
    {
        Assert.Equal(
            new(0, """{"match":true,"pattern":"*.example.com","host":"mx.example.com","reason":"the wildcard covers the one label in front"}""" + "\n", ""),
            await Transcript.OfAsync("match", "*.EXAMPLE.com", "mx.example.com.", "-o", "json"));
    }
}
