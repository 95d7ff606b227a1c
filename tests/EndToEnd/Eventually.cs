using System.Diagnostics;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>Waits, with a deadline, for something that another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when <paramref name="holds"/> says true; fails the test with <paramref name="what"/> after the deadline (<see cref="Deadlines.Work"/>).</summary>
    public static Task HoldsAsync(Func<Task<bool>> holds, string what, TimeSpan? deadline = null) => HoldsAsync(holds, () => what, deadline);

    /// <summary>The same, where it is the last look that says what is missing.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> holds, Func<string> what, TimeSpan? deadline = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < (deadline ?? Deadlines.Work), $"in vain: {what()}");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The same for a condition that needs no waiting itself.</summary>
    public static Task HoldsAsync(Func<bool> holds, string what, TimeSpan? deadline = null) =>
        HoldsAsync(() => Task.FromResult(holds()), what, deadline);
}
