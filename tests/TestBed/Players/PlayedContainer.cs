using System.Diagnostics;
using k8s.Models;
using MtaSts.TestBed.Processes;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Runs one container: starts its process, starts it again when it ends (after 1 s, doubled up to 10 s), and asks its readiness probe.
/// </summary>
/// <param name="container">What to run.</param>
/// <param name="pod">Its pod.</param>
/// <param name="start">Starts the process anew, the given number of starts before it.</param>
/// <param name="http">For probes.</param>
/// <param name="changed">Called when the readiness has changed.</param>
/// <param name="log">Takes what could not be done.</param>
internal sealed class PlayedContainer(
    V1Container container, PodSpec pod, Func<int, ChildProcess> start, HttpClient http, Action changed, Action<string> log)
    : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SteadyTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstProbes = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private volatile ChildProcess? _process;
    private volatile bool _ready;
    private Task _loop = Task.CompletedTask;

    /// <summary>Whether it runs, and its readiness probe (if it has one) says yes.</summary>
    public bool Ready => _ready;

    /// <summary>How often it was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>Its process, while one runs.</summary>
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    /// <summary>Begins.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>SIGKILL to the process, as a crash; it will be started again.</summary>
    public void Crash() => _process?.Signal(Signal.Kill);

    /// <summary>A signal to the process.</summary>
    public void Send(Signal signal) => _process?.Signal(signal);

    /// <summary>SIGTERM, and SIGKILL after the grace period; it is not started again.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _stop.CancelAsync();
        SetReady(false);
        // The loop first: it may be starting a process right now.
        await _loop;
        if (_process is not { } process) return;

        var began = Stopwatch.GetTimestamp();
        await process.StopAsync(grace);
        if (Stopwatch.GetElapsedTime(began) >= grace)
        {
            // A kubelet says it in an event; here nobody would see that any more.
            await Console.Error.WriteLineAsync($"kubelet: {process.Name} did not end within {grace.TotalSeconds:0} s of SIGTERM, and was killed:\n{process.LogTail()}");
        }
    }

    /// <summary>To be called after the stop.</summary>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        var delay = FirstDelay;
        try
        {
            for (var starts = 0; !_stop.IsCancellationRequested; starts++)
            {
                var began = Stopwatch.GetTimestamp();
                Restarts = starts;
                await RunOnceAsync(starts);
                if (Stopwatch.GetElapsedTime(began) > SteadyTime) delay = FirstDelay;
                await Task.Delay(delay, _stop.Token);
                delay = delay * 2 > LastDelay ? LastDelay : delay * 2;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task RunOnceAsync(int starts)
    {
        try
        {
            var process = start(starts);
            _process = process;
            await WatchAsync(process);
            log($"{pod.Name}: container {container.Name} ended with code {process.ExitCode}");
            await process.KillAsync(); // what is left of its session
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log($"{pod.Name}: container {container.Name}: {failure.Message}");
        }

        SetReady(false);
    }

    /// <summary>Returns when the process has ended.</summary>
    private async Task WatchAsync(ChildProcess process)
    {
        var probe = container.ReadinessProbe?.HttpGet;
        if (probe is null) SetReady(!process.HasExited);
        var period = TimeSpan.FromSeconds(container.ReadinessProbe?.PeriodSeconds ?? 10);
        var (failures, failuresMax) = (0, container.ReadinessProbe?.FailureThreshold ?? 3);
        while (!process.HasExited)
        {
            if (probe is not null)
            {
                failures = await ProbeAsync(probe) ? 0 : failures + 1;
                if (failures == 0 || failures >= failuresMax) SetReady(failures == 0);
            }

            var pause = _ready || probe is null ? period : FirstProbes;
            await Task.WhenAny(process.WaitForExitAsync(_stop.Token), Task.Delay(pause, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> ProbeAsync(V1HTTPGetAction probe)
    {
        var port = PortOf(probe.Port);
        var scheme = probe.Scheme?.ToLowerInvariant() ?? "http";
        var url = new Uri($"{scheme}://{probe.Host ?? pod.Network.Address}:{port}/{probe.Path?.TrimStart('/')}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(container.ReadinessProbe.TimeoutSeconds ?? 1));
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return (int)response.StatusCode is >= 200 and < 400;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private int PortOf(IntOrString port) => int.TryParse(port.ToString(), out var number)
        ? number
        : container.Ports?.FirstOrDefault(candidate => candidate.Name == port.ToString())?.ContainerPort
            ?? throw new InvalidOperationException($"{pod.Name}: container {container.Name} has no port named {port}");

    private void SetReady(bool ready)
    {
        if (_ready == ready) return;
        _ready = ready;
        changed();
    }
}
