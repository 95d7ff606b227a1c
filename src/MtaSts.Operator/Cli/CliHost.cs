namespace MtaSts.Operator.Cli;

/// <summary>What a command has of the world around it, so that tests can be that world.</summary>
public sealed class CliHost
{
    /// <summary>Standard input, as bytes: a policy is not always text.</summary>
    public required Stream In { get; init; }

    /// <summary>Standard output: results alone.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error: wrong usage and failures.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True where standard output is a terminal that shows colours.</summary>
    public bool Colour { get; init; }

    /// <summary>The process's own streams. Colour only on a terminal, and not where NO_COLOR is set or TERM is "dumb".</summary>
    public static CliHost OfProcess() => new()
    {
        In = Console.OpenStandardInput(),
        Out = Console.Out,
        Error = Console.Error,
        Colour = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
    };

    /// <summary>Says in one line of standard error what was used wrongly.</summary>
    /// <returns><see cref="ExitCodes.Usage"/></returns>
    public int WrongUsage(string message, string command = "mtasts")
    {
        Error.WriteLine($"{command}: {message}");
        Error.WriteLine($"Try '{command} --help'.");
        return ExitCodes.Usage;
    }
}
