using System.Text;
using MtaSts.Operator.Cli;

namespace MtaSts.Operator.Tests.Cli;

/// <summary>One run of the program: what it was given and what it said.</summary>
/// <param name="ExitCode">What it exited with.</param>
/// <param name="Out">Standard output, lines ended by LF.</param>
/// <param name="Error">Standard error, lines ended by LF.</param>
internal sealed record Transcript(int ExitCode, string Out, string Error)
{
    public static Task<Transcript> OfAsync(params string[] args) => OfAsync([], args);

    public static async Task<Transcript> OfAsync(byte[] stdin, string[] args)
    {
        using var input = new MemoryStream(stdin);
        return await OfAsync(input, args);
    }

    public static async Task<Transcript> OfAsync(Stream stdin, string[] args)
    {
        var output = new StringWriter(new StringBuilder()) { NewLine = "\n" };
        var error = new StringWriter(new StringBuilder()) { NewLine = "\n" };
        var code = await CliProgram.RunAsync(args, new CliHost { In = stdin, Out = output, Error = error }, TestContext.Current.CancellationToken);
        return new Transcript(code, output.ToString(), error.ToString());
    }
}
