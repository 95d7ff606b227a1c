using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MtaSts.Operator.Tests.Probes;

/// <summary>A TCP server on loopback that plays a script with each connection.</summary>
internal sealed class TcpPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;
    private int _connections;

    public TcpPeer(Func<PeerStream, Task> script)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = ServeAsync(script);
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A port on which nothing listens.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        await _end.CancelAsync();
        await _loop;
        _listener.Dispose();
    }

    private async Task ServeAsync(Func<PeerStream, Task> script)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.Add(PlayAsync(script, await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task PlayAsync(Func<PeerStream, Task> script, Socket socket)
    {
        Interlocked.Increment(ref _connections);
        await using var stream = new PeerStream(new NetworkStream(socket, ownsSocket: true), _end.Token);
        try
        {
            await script(stream);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException)
        {
            // The probe hung up, or the test is over.
        }
    }
}

/// <summary>What a script does with a connection.</summary>
internal sealed class PeerStream(Stream stream, CancellationToken end) : IAsyncDisposable
{
    private Stream _stream = stream;

    public CancellationToken End => end;

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), end);

    /// <summary>Reads one line, without its end.</summary>
    public async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, end) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    /// <summary>Reads up to an empty line.</summary>
    public async Task<string> HeadAsync()
    {
        var head = new StringBuilder();
        for (var line = await LineAsync(); line.Length > 0; line = await LineAsync())
        {
            head.Append(line).Append('\n');
        }

        return head.ToString();
    }

    /// <summary>Says nothing until the test is over or the peer hangs up.</summary>
    public async Task StallAsync()
    {
        var sink = new byte[4096];
        while (await _stream.ReadAsync(sink, end) > 0)
        {
        }
    }

    public async Task TlsAsync(X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None)
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = protocols }, end);
        _stream = tls;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
