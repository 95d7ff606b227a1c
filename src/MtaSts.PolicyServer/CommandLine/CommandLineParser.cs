using System.Reflection;
using System.Text;

namespace MtaSts.PolicyServer.CommandLine;

/// <summary>What the command line asks for.</summary>
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Serve.</summary>
    public sealed record Run(ServerOptions Options) : Command;

    /// <summary>Print this and be done.</summary>
    public sealed record Print(string Text) : Command;

    /// <summary>Wrong usage: say so and exit with 2.</summary>
    public sealed record Wrong(string Message) : Command;
}

/// <summary>Arguments and environment to <see cref="Command"/>. Takes <c>--flag VALUE</c> and <c>--flag=VALUE</c>.</summary>
internal static class CommandLineParser
{
    public static string Version { get; } =
        typeof(CommandLineParser).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static Command Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        if (args.Contains("--help") || args.Contains("-h"))
            return new Command.Print(Help());
        if (args.Contains("--version"))
            return new Command.Print($"policy-server {Version}\n");

        var options = new ServerOptions();
        foreach (Option option in OptionTable.All)
        {
            if (environment(option.Variable) is not { Length: > 0 } text)
                continue;
            if (option.Set(options, text) is not { } next)
                return Bad(option.Variable, text, option);
            options = next;
        }

        for (int i = 0; i < args.Count; i++)
        {
            string flag = args[i];
            string? text = null;
            if (flag.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                (flag, text) = (flag[..equals], flag[(equals + 1)..]);

            if (Array.Find(OptionTable.All, o => o.Flag == flag) is not { } option)
                return new Command.Wrong($"{flag} is not an option (see --help)");
            if (text is null && ++i < args.Count)
                text = args[i];
            if (text is null)
                return new Command.Wrong($"{flag} wants {option.Wants}");
            if (option.Set(options, text) is not { } next)
                return Bad(flag, text, option);
            options = next;
        }

        return new Command.Run(options);
    }

    private static Command.Wrong Bad(string where, string text, Option option) =>
        new($"{where} is '{text}', but wants {option.Wants}");

    private static string Help()
    {
        var text = new StringBuilder("""
            policy-server: serves MTA-STS policies (RFC 8461) from a folder

            usage: policy-server [OPTION VALUE]...

            The folder holds one file per mail domain. The file's name is the domain, its content the document, which is
            served as it is at http://mta-sts.DOMAIN/.well-known/mta-sts.txt. TLS is the job of what stands in front, or
            with --tls-listen the server's own: the certificate is chosen by the name that the client asks for, and read
            anew when its files change.


            """);
        foreach (Option o in OptionTable.All)
            text.Append("  ").Append($"{o.Flag} {o.Takes}".PadRight(32)).Append(o.Help).Append('\n')
                .Append(' ', 34).Append("or by ").Append(o.Variable).Append('\n');
        text.Append("  --help, --version\n\nexit codes: 0 stopped by a signal, 1 could not start, 2 wrong usage\n");
        return text.ToString();
    }
}
