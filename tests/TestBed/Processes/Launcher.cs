using System.Collections.Concurrent;
using System.Diagnostics;

namespace MtaSts.TestBed.Processes;

/// <summary>
/// Starts processes from one thread that never ends. The kernel sends the parent-death signal when the <em>thread</em> that
/// forked ends, not the process: a child started from a pool thread would be killed when the pool shrinks.
/// </summary>
internal static class Launcher
{
    private static readonly BlockingCollection<Action> Work = StartThread();

    /// <summary>Starts the process; failures are those of <see cref="Process.Start(ProcessStartInfo)"/>.</summary>
    public static Process Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Action> StartThread()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var action in work.GetConsumingEnumerable()) action();
        })
        { IsBackground = true, Name = "process launcher" }.Start();
        return work;
    }
}
