using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using MtaSts.Core.Mail;
using MtaSts.Operator.Cli.Plan;
using MtaSts.Operator.Cli.Simulate;

namespace MtaSts.Operator.Cli;

/// <summary>The program <c>mtasts</c>: its commands and what all of them share.</summary>
public static class CliProgram
{
    private const int MessageCharsMax = 300;

    // The operator finishes its passes and gives its lease back; Kubernetes grants 30 s by default.
    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(28);

    /// <summary>The root command with all commands below it.</summary>
    public static RootCommand Create(CliHost host)
    {
        var root = new RootCommand("Takes mail domains to enforced MTA-STS, safely, and says what holds them up.")
        {
            CheckCommand.Create(host),
            LintCommand.Create(host),
            MatchCommand.Create(host),
            PlanCommand.Create(host),
            RunCommand.Create(host),
            SimulateCommand.Create(host),
            CrdsCommand.Create(host),
        };
        root.Directives.Clear(); // "[suggest]" and the like are arguments here
        foreach (var option in root.Options.OfType<VersionOption>())
        {
            option.Action = new PrintVersion(host);
        }

        return root;
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        // A TXT record or a pattern is an argument whatever it begins with: no response files (@), no bundles (-ab).
        var parsed = Create(host).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction)
        {
            return host.WrongUsage(Excerpt.Plain(OneLine(parsed.Errors[0].Message), MessageCharsMax), NameOf(parsed.CommandResult.Command));
        }

        try
        {
            var invocation = new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = ShutdownMax };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (Exception failure)
        {
            await host.Error.WriteLineAsync($"mtasts: {failure.GetType().Name}: {Excerpt.Plain(failure.Message, MessageCharsMax)}");
            return ExitCodes.Failed;
        }
        finally
        {
            await host.Out.FlushAsync(CancellationToken.None);
        }
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string NameOf(Command command)
    {
        var names = new List<string>();
        for (Symbol? symbol = command; symbol is not null; symbol = symbol.Parents.FirstOrDefault())
        {
            names.Insert(0, symbol is RootCommand ? "mtasts" : symbol.Name);
        }

        return string.Join(' ', names);
    }

    private sealed class PrintVersion(CliHost host) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(CliProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
            host.Out.WriteLine(version.Split('+')[0]); // what follows is the build's commit
            return ExitCodes.Fine;
        }
    }
}
