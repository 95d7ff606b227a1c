using System.Runtime.InteropServices;
using MtaSts.PolicyServer.CommandLine;
using MtaSts.PolicyServer.Hosting;
using MtaSts.PolicyServer.Telemetry;

switch (CommandLineParser.Parse(args, Environment.GetEnvironmentVariable))
{
    case Command.Print print:
        Console.Out.Write(print.Text);
        return 0;
    case Command.Wrong wrong:
        Console.Error.WriteLine($"policy-server: {wrong.Message}");
        return 2;
    case Command.Run run:
        return await Serve(run.Options);
    default:
        throw new InvalidOperationException();
}

static async Task<int> Serve(ServerOptions options)
{
    using ILoggerFactory loggers = Logging.Create(options.LogFormat);
    var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
    using var hurry = new CancellationTokenSource();
    using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

    await using var host = new PolicyServerHost(options, loggers);
    try
    {
        await host.StartAsync(hurry.Token);
    }
    catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
    {
        loggers.CreateLogger<PolicyServerHost>().CannotStart(e.Message);
        return 1;
    }

    await host.StopAsync(await stop.Task, hurry.Token);
    return 0;

    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true; // we end the process ourselves, once drained
        if (!stop.TrySetResult(context.Signal.ToString()))
            hurry.Cancel();
    }
}
