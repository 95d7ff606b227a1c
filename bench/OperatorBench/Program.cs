using System.Globalization;
using System.Runtime.InteropServices;
using MtaSts.Bench;
using MtaSts.TestBed;
using MtaSts.TestBed.Processes;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (!BenchOptions.TryParse(args, out var options, out var problem))
{
    Console.Error.WriteLine($"bench: {problem} (see --help)");
    return 2;
}

if (options.Help)
{
    Console.WriteLine(options.HelpText);
    return 0;
}

if (OperatorWorld.MissingReason(options.Repository) is { } missing)
{
    Console.Error.WriteLine($"bench: {missing}");
    return 2;
}

using var stop = new CancellationTokenSource(options.Deadline);
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    await (options.Bench switch
    {
        BenchOptions.Settled => SettledBench.RunAsync(options, stop.Token),
        BenchOptions.Onboarding => OnboardingBench.RunAsync(options, stop.Token),
        BenchOptions.Providers => ProvidersBench.RunAsync(options, stop.Token),
        _ => FirstPolicyBench.RunAsync(options, stop.Token),
    });
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine($"bench: nothing was measured: stopped, or not done in {options.Deadline.TotalMinutes:0} minutes");
    return 1;
}
catch (Exception failure)
{
    // What was expected to go wrong says so in words; of anything else the place is of use too.
    Console.Error.WriteLine($"bench: nothing was measured: {(failure is BenchException or ChildProcessException ? failure.Message : failure)}");
    return 1;
}
