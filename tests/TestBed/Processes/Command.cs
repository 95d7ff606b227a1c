using System.Diagnostics;

namespace MtaSts.TestBed.Processes;

/// <summary>How a short command ended.</summary>
/// <param name="ExitCode">0 to 255.</param>
/// <param name="Output">Standard output, whole.</param>
/// <param name="Error">Standard error, whole.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Whether the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs short commands and waits for them.</summary>
public static class Command
{
    /// <summary>Runs a program to its end, whatever its exit code. It is killed when cancelled.</summary>
    /// <param name="fileName">An absolute path, or a name on PATH.</param>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="input">Text for standard input; none when null.</param>
    /// <param name="environment">Variables on top of the parent's.</param>
    /// <param name="networkNamespace">Name of the network namespace to run in; the parent's when null.</param>
    /// <param name="cancellationToken">Ends the command by SIGKILL.</param>
    public static async Task<CommandResult> RunAsync(
        string fileName,
        IReadOnlyList<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? networkNamespace = null,
        CancellationToken cancellationToken = default)
    {
        string[] inNamespace = networkNamespace is null ? [] : ["ip", "netns", "exec", networkNamespace];
        string[] whole = [.. inNamespace, fileName, .. arguments];
        var start = new ProcessStartInfo(whole[0], whole.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteInputAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program that must end with 0, and returns its standard output.</summary>
    /// <exception cref="ChildProcessException">Another exit code; the message has standard error.</exception>
    public static async Task<string> OutputAsync(
        string fileName,
        IReadOnlyList<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? networkNamespace = null,
        CancellationToken cancellationToken = default)
    {
        var result = await RunAsync(fileName, arguments, input, environment, networkNamespace, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new ChildProcessException(
                $"{fileName} {string.Join(' ', arguments)} ended with code {result.ExitCode}: {result.Error}{result.Output}");
    }

    /// <summary>The absolute path of a program on PATH; null when there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Concat(["/usr/sbin", "/sbin"])
            .Where(static folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended without reading all of it; its exit code and its error output say why.
        }
    }
}
