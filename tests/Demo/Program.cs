using System.Runtime.InteropServices;
using MtaSts.Demo;
using MtaSts.TestBed;

if (!DemoOptions.TryParse(args, out var options, out var problem))
{
    Console.Error.WriteLine($"demo: {problem}");
    Console.Error.WriteLine("Try 'script/demo --help'.");
    return 2;
}

if (options.Help)
{
    Console.WriteLine(DemoOptions.HelpText);
    return 0;
}

if (OperatorWorld.MissingReason(options.Repository) is { } missing)
{
    Console.Error.WriteLine($"demo: {missing}");
    return 1;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    return await new DemoRun(options).RunAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("demo: stopped");
    return 130;
}

// Both take the world down in order.
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
