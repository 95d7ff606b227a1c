using System.Diagnostics;

namespace MtaSts.Operator.Tests.Charts;

/// <summary>The chart, rendered as Helm would.</summary>
internal static class RenderedChart
{
    public const string Namespace = "mta-sts-system";

    private const int CannotRun = 3; // what the script exits with where it lacks helm, Go or sprig
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2); // it builds its renderer once

    /// <summary>The YAML; skips the test where nothing is installed that could render.</summary>
    public static async Task<string> RenderAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (exit, output, error) = await RunAsync(arguments, cancellationToken);
        Assert.SkipWhen(exit == CannotRun, error);
        Assert.True(exit == 0, error);
        return output;
    }

    public static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Deadline);
        using var process = Process.Start(new ProcessStartInfo(
            Repository.PathOf("script", "lib", "render-chart"),
            [Repository.PathOf("charts", "mta-sts-operator"), "--namespace", Namespace, "--name", "test", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output, await error);
    }
}
