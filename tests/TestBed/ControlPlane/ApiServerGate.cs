using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace MtaSts.TestBed;

/// <summary>
/// A way to a server on loopback that a test can spoil: cut, slow, or broken for the connections that are open. It looks into nothing, so TLS goes through from end to end,
/// and it keeps what TCP keeps: bytes under way at a cut arrive, in their order, when it is healed.
/// </summary>
public sealed class ApiServerGate : IAsyncDisposable
{
    // More than a program keeps open to its API server; further ones wait to be accepted.
    private const int ConnectionsMax = 256;

    // How much may be under way in one direction of a connection: 1 MiB, as in the buffers of two machines.
    private const int PieceBytesMax = 16 * 1024;
    private const int PiecesMax = 64;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly HashSet<CancellationTokenSource> _open = [];
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _delayTicks;

    private ApiServerGate(Uri server)
    {
        _server = server;
        _passing.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The URL to use in place of the server's; its host is 127.0.0.1.</summary>
    public Uri Address => new($"{_server.Scheme}://{_listener.LocalEndpoint}");

    /// <summary>Opens a gate, passing.</summary>
    /// <param name="server">Base URL of a server on 127.0.0.1.</param>
    public static ApiServerGate To(Uri server) => new(server);

    /// <summary>Nothing goes through any more, in either direction, and no end is told: connections stay open, and new ones open and stay silent.</summary>
    public void Cut()
    {
        if (_passing.Task.IsCompleted) _passing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends a cut: what was held goes on.</summary>
    public void Heal() => _passing.TrySetResult();

    /// <summary>From now on each piece takes this long in each direction; zero for as long as it takes by itself.</summary>
    public void Slow(TimeSpan delay) => Interlocked.Exchange(ref _delayTicks, delay.Ticks);

    /// <summary>Resets every open connection, as a load balancer does that forgets them; new ones pass. Returns how many there were.</summary>
    public int Break()
    {
        lock (_open)
        {
            // Not here and now, where the end of a connection would wait for this lock.
            foreach (var connection in _open) connection.CancelAfter(TimeSpan.Zero);
            return _open.Count;
        }
    }

    /// <summary>Closes the gate and everything that goes through it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
        _free.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _free.WaitAsync(_stop.Token);
                var connection = PassAsync(await _listener.AcceptSocketAsync(_stop.Token));
                _connections[connection] = 0;
                _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task PassAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using (near)
        {
            near.NoDelay = true;
            lock (_open) _open.Add(end);
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _server.Port, end.Token);
                Task[] ways = [CarryAsync(near, far, end.Token), CarryAsync(far, near, end.Token)];
                var first = await Task.WhenAny(ways);
                // The end of one way is the end of the connection: nobody who speaks TLS goes on after it.
                await end.CancelAsync();
                await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!first.IsCompletedSuccessfully) Reset(near, far);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                Reset(near, far);
            }
            finally
            {
                lock (_open) _open.Remove(end);
                _free.Release();
            }
        }
    }

    private static void Reset(params Socket[] sockets)
    {
        foreach (var socket in sockets) socket.LingerState = new LingerOption(true, 0);
    }

    // Read and written by two loops, so that a delay is the time that a piece takes and not a limit on how many come.
    private async Task CarryAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pieces = Channel.CreateBounded<(byte[] Bytes, long Due)>(PiecesMax);
        var reading = ReadAsync(from, pieces.Writer, both.Token);
        try
        {
            await foreach (var (bytes, due) in pieces.Reader.ReadAllAsync(cancellationToken))
            {
                var wait = due - Environment.TickCount64;
                if (wait > 0) await Task.Delay(TimeSpan.FromMilliseconds(wait), cancellationToken);
                await _passing.Task.WaitAsync(cancellationToken);
                await SendAllAsync(to, bytes, cancellationToken);
            }
        }
        finally
        {
            await both.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(Socket from, ChannelWriter<(byte[] Bytes, long Due)> pieces, CancellationToken cancellationToken)
    {
        var buffer = new byte[PieceBytesMax];
        Exception? failure = null;
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var length)
            {
                var due = Environment.TickCount64 + (Interlocked.Read(ref _delayTicks) / TimeSpan.TicksPerMillisecond);
                await pieces.WriteAsync((buffer[..length], due), cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            failure = e;
        }

        // That an end has gone is not told through a cut either.
        await _passing.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        pieces.TryComplete(failure);
    }

    private static async Task SendAllAsync(Socket to, byte[] bytes, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes.AsMemory(sent), cancellationToken);
    }
}
