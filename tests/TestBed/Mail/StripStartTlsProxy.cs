using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MtaSts.TestBed.Mail;

/// <summary>
/// A man in the middle of SMTP: relays everything, but takes STARTTLS out of what the server offers and answers 502 to a client
/// that asks for it all the same. This is the attack that rfc8461#1 is about.
/// </summary>
internal sealed class StripStartTlsProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly IPEndPoint _upstream;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private int _connections;

    /// <param name="listener">Listens already; the proxy owns it.</param>
    /// <param name="upstream">The real server.</param>
    public StripStartTlsProxy(Socket listener, IPEndPoint upstream)
    {
        _listener = listener;
        _upstream = upstream;
        _accepting = AcceptAsync();
    }

    /// <summary>How many connections it has had.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                relays.Add(RelayAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket clientSocket)
    {
        using var client = clientSocket;
        using var server = new Socket(_upstream.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            await server.ConnectAsync(_upstream, over.Token);
            await using var toClient = new NetworkStream(client);
            await using var toServer = new NetworkStream(server);
            var first = await Task.WhenAny(
                AnswersAsync(toServer, toClient, over.Token), RequestsAsync(toClient, toServer, over.Token));
            await first;
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            // Either side has hung up, or the attack is over.
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static async Task AnswersAsync(NetworkStream server, NetworkStream client, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(server, Encoding.Latin1, leaveOpen: true);
        string? held = null;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            var last = line.Length < 4 || line[3] != '-';
            if (IsOffer(line))
            {
                if (!last) continue;
                // The offer was the last line of the answer: the line before has to end it now.
                if (held is not null) await WriteAsync(client, held[..3] + ' ' + held[4..], cancellationToken);
                held = null;
                continue;
            }

            if (held is not null) await WriteAsync(client, held, cancellationToken);
            held = last ? null : line;
            if (last) await WriteAsync(client, line, cancellationToken);
        }
    }

    private static async Task RequestsAsync(NetworkStream client, NetworkStream server, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(client, Encoding.Latin1, leaveOpen: true);
        var inBody = false;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!inBody && line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase))
            {
                await WriteAsync(client, "502 5.5.1 Error: command not implemented", cancellationToken);
                continue;
            }

            inBody = inBody ? line != "." : line.Trim().Equals("DATA", StringComparison.OrdinalIgnoreCase);
            await WriteAsync(server, line, cancellationToken);
        }
    }

    private static bool IsOffer(string line) =>
        line.Length >= 4 && line.StartsWith("250", StringComparison.Ordinal) &&
        line[4..].Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase);

    private static async Task WriteAsync(NetworkStream stream, string line, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), cancellationToken);
}
