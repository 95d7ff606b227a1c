using System.Net;
using System.Net.Sockets;
using k8s;
using MtaSts.TestBed;

namespace MtaSts.Kubernetes.Tests;

/// <summary>Passes bytes on to a server until it is cut; from then on bytes go nowhere, without an end of the connection.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly CancellationToken _cut;
    private readonly Task _accepting;

    public CutProxy(Uri server, CancellationToken cut)
    {
        _server = server;
        _cut = cut;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(connections);
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var length)
        {
            if (_cut.IsCancellationRequested)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}

internal static class ControlPlaneClients
{
    /// <summary>A client of the same server by another port of loopback.</summary>
    public static k8s.Kubernetes ClientVia(this ControlPlane plane, int port)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(plane.AdminKubeconfig);
        config.Host = $"https://127.0.0.1:{port}";
        return new k8s.Kubernetes(config);
    }
}
