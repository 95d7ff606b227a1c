namespace MtaSts.Operator.Tests.Cli;

public sealed class CliProgramTests
{
    [Fact]
    public async Task The_version_is_printed()
    {
        var run = await Transcript.OfAsync("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches("\\A[0-9]+\\.[0-9]+\\.[0-9]+\n\\z", run.Out);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("lint", "--help")]
    [InlineData("lint", "policy", "-h")]
    [InlineData("match", "--help")]
    public async Task Help_is_a_result_and_goes_to_standard_output(params string[] args)
    {
        var run = await Transcript.OfAsync(args);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("--nonsense")]
    [InlineData("[suggest]", "li")]
    [InlineData("[diagram]", "lint")]
    [InlineData("match", "a.example")]
    [InlineData("run", "--owner-id", "cluster-a", "--max-age-min", "soon")]
    [InlineData("run", "--owner-id", "cluster-a", "--max-age-min", "0s")]
    [InlineData("run", "--owner-id", "cluster-a", "--max-age-min", "2d")]
    [InlineData("run", "--owner-id", "cluster-a", "--serving-lag", "2h")]
    [InlineData("run", "--owner-id", "cluster-a", "--lease-duration", "4s")]
    [InlineData("run", "--owner-id", "cluster-a", "--lease-duration", "1h")]
    [InlineData("\u001b[2J")]
    public async Task Wrong_usage_exits_with_2_and_says_so_on_standard_error(params string[] args)
    {
        var run = await Transcript.OfAsync(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.StartsWith("mtasts", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Error);
    }
}
