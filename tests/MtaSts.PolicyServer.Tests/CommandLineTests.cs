using System.Net;
using MtaSts.PolicyServer.CommandLine;

namespace MtaSts.PolicyServer.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_documented_defaults_hold()
    {
        ServerOptions options = Run();

        Assert.Equal(new ServerOptions(), options);
        Assert.Equal("/policies", options.Policies);
        Assert.Equal("[::]:8080", options.Listen.ToString());
        Assert.Equal("[::]:8081", options.HealthListen.ToString());
    }

    [Fact]
    public void Every_option_can_be_given_in_both_forms()
    {
        ServerOptions options = Run("--policies", "/p", "--listen=127.0.0.1:1", "--health-listen", "[::1]:2", "--poll=0.5",
            "--drain", "0", "--header-timeout=3", "--keep-alive-timeout", "4", "--max-connections=5", "--max-header-bytes", "2048",
            "--log-format=json");

        Assert.Equal(
            new ServerOptions
            {
                Policies = "/p",
                Listen = IPEndPoint.Parse("127.0.0.1:1"),
                HealthListen = IPEndPoint.Parse("[::1]:2"),
                Poll = TimeSpan.FromSeconds(0.5),
                Drain = TimeSpan.Zero,
                HeaderTimeout = TimeSpan.FromSeconds(3),
                KeepAliveTimeout = TimeSpan.FromSeconds(4),
                MaxConnections = 5,
                MaxHeaderBytes = 2048,
                LogFormat = LogFormat.Json,
            },
            options);
    }

    [Fact]
    public void A_flag_wins_over_the_environment_which_wins_over_the_default()
    {
        var environment = new Dictionary<string, string> { ["POLICY_SERVER_POLICIES"] = "/env", ["POLICY_SERVER_MAX_CONNECTIONS"] = "7" };

        var run = Assert.IsType<Command.Run>(CommandLineParser.Parse(["--policies", "/flag"], environment.GetValueOrDefault));

        Assert.Equal("/flag", run.Options.Policies);
        Assert.Equal(7, run.Options.MaxConnections);
    }

    [Theory]
    [InlineData("--listen", "8080")]
    [InlineData("--listen", ":8080")]
    [InlineData("--listen", "::1")]
    [InlineData("--listen", "::1:80")]
    [InlineData("--listen", "[::1]")]
    [InlineData("--listen", "[::1:80")]
    [InlineData("--listen", "127.0.0.1")]
    [InlineData("--listen", "127.0.0.1:65536")]
    [InlineData("--listen", "127.0.0.1:+1")]
    [InlineData("--listen", "localhost:80")]
    [InlineData("--poll", "0")]
    [InlineData("--poll", "-1")]
    [InlineData("--poll", "NaN")]
    [InlineData("--poll", "1e9")]
    [InlineData("--drain", "1h")]
    [InlineData("--max-connections", "0")]
    [InlineData("--log-format", "xml")]
    public void A_wrong_value_is_named_with_what_would_be_right(string flag, string value)
    {
        Option option = OptionTable.All.Single(o => o.Flag == flag);

        var byFlag = Assert.IsType<Command.Wrong>(CommandLineParser.Parse([flag, value], _ => null));
        Assert.Equal($"{flag} is '{value}', but wants {option.Wants}", byFlag.Message);

        var byVariable = Assert.IsType<Command.Wrong>(CommandLineParser.Parse([], n => n == option.Variable ? value : null));
        Assert.StartsWith(option.Variable, byVariable.Message);
    }

    [Theory]
    [InlineData("--nope")]
    [InlineData("policies")]
    [InlineData("--listen")]
    public void A_wrong_argument_is_wrong_usage(string argument) =>
        Assert.IsType<Command.Wrong>(CommandLineParser.Parse([argument], _ => null));

    [Fact]
    public void Help_names_every_option_and_its_variable()
    {
        string help = Assert.IsType<Command.Print>(CommandLineParser.Parse(["--help"], _ => null)).Text;

        Assert.All(OptionTable.All, o => Assert.True(help.Contains(o.Flag + " ", StringComparison.Ordinal)
            && help.Contains(o.Variable, StringComparison.Ordinal), o.Flag));
    }

    private static ServerOptions Run(params string[] args) =>
        Assert.IsType<Command.Run>(CommandLineParser.Parse(args, _ => null)).Options;
}
