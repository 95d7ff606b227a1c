using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using MtaSts.TestBed.Mail;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Plays what a cloud does for a Service of type LoadBalancer: connections to port 443 of one address go to the ready pods behind it, byte for byte, and the address
/// stands in the Service's status. It plays for one Service, the oldest; of the same second, the first by name.
/// </summary>
public sealed class LoadBalancerPlayer : IAsyncDisposable
{
    private const int ConnectionsMax = 256;
    private const int HttpsPort = 443;

    private static readonly TimeSpan ConnectionDeadline = TimeSpan.FromMinutes(2); // above the idle time of the policy server

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly KubeletPlayer _kubelet;
    private readonly IPEndPoint _address;
    private readonly Socket _listener;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<V1Service> _services;
    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private V1Service? _played;

    private LoadBalancerPlayer(IKubernetes client, MailNetwork mail, KubeletPlayer kubelet, string folder)
    {
        (_client, _kubelet, _address) = (client, kubelet, new IPEndPoint(mail.Plan.LoadBalancer, HttpsPort));
        _listener = NamespaceSocket.Listen(mail.Plan.MailNamespace, _address);
        _loop = new PlayerLoop(Path.Combine(folder, "load-balancer.log"));
        _services = Mirrors.Services(client, _loop.Wake);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _address;

    /// <summary>Starts to play.</summary>
    public static async Task<LoadBalancerPlayer> StartAsync(
        ControlPlane controlPlane, MailNetwork mail, KubeletPlayer kubelet, string folder, CancellationToken cancellationToken)
    {
        await mail.AddServerAddressAsync(mail.Plan.LoadBalancer, cancellationToken);
        var player = new LoadBalancerPlayer(controlPlane.Client, mail, kubelet, folder);
        await player._services.Listed.WaitAsync(cancellationToken);
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Stops to play.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await _loop.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
        _free.Dispose();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        _played = _services.All.Where(s => s.Spec.Type == "LoadBalancer").OrderBy(s => s.Metadata.CreationTimestamp)
            .ThenBy(s => s.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();
        if (_played is not { } service || service.Status?.LoadBalancer?.Ingress?.Any(i => i.Ip == _address.Address.ToString()) is true) return;
        var status = new V1ServiceStatus
        {
            LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = _address.Address.ToString() }] },
        };
        await _client.CoreV1.PatchNamespacedServiceStatusAsync(
            new V1Patch(new V1Service { Status = status }, V1Patch.PatchType.MergePatch), service.Metadata.Name, service.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                await _free.WaitAsync(_stop.Token);
                connections.RemoveAll(c => c.IsCompleted);
                connections.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task CarryAsync(NetworkStream from, NetworkStream to, Socket end, CancellationToken cancellationToken)
    {
        await from.CopyToAsync(to, cancellationToken);
        end.Shutdown(SocketShutdown.Send);
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        over.CancelAfter(ConnectionDeadline);
        try
        {
            using (client)
            {
                if (_played is not { } service || _kubelet.ReadyEndpoints(service, new V1ServiceBackendPort { Number = HttpsPort }) is not [var first, ..]) return;
                await server.ConnectAsync(IPEndPoint.Parse(first), over.Token);
                await using var near = new NetworkStream(client);
                await using var far = new NetworkStream(server);
                // The end of one way is told on; what the other still has arrives before the end, which a reset would cut off.
                var answers = CarryAsync(far, near, client, over.Token);
                await Task.WhenAll(CarryAsync(near, far, server, over.Token), answers);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either side has hung up, or the play is over.
        }
        finally
        {
            await over.CancelAsync();
            _free.Release();
        }
    }
}
