using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MtaSts.TestBed.Mail;

/// <summary>Waiting for something outside of this program, with a deadline.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer is not null; null when the deadline has passed.</summary>
    public static async Task<T?> ForAsync<T>(
        Func<CancellationToken, Task<T?>> ask, TimeSpan deadline, CancellationToken cancellationToken)
        where T : class
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask(cancellationToken) is { } answer) return answer;
            if (Stopwatch.GetElapsedTime(began) > deadline) return null;
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Asks until the answer is true; false when the deadline has passed.</summary>
    public static async Task<bool> UntilAsync(
        Func<CancellationToken, Task<bool>> ask, TimeSpan deadline, CancellationToken cancellationToken) =>
        await ForAsync(async token => await ask(token) ? "" : null, deadline, cancellationToken) is not null;

    /// <summary>Whether a TCP connection from this program's namespace succeeds within a second.</summary>
    public static async Task<bool> AcceptsAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(1));
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
