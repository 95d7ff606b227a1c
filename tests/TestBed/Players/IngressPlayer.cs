using System.Collections.Concurrent;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Plays an ingress controller: turns the Ingress objects of one class, their TLS Secrets, the Services behind them and the pods that are
/// ready into a list of sites, gives the list on when it has changed, and writes its address into each Ingress's status, once.
/// A host whose TLS Secret does not exist (yet) is no site. Only the host and the backend of a rule's first path are looked at.
/// </summary>
public sealed class IngressPlayer : IAsyncDisposable
{
    // A thousand new Ingress objects are a thousand writes.
    private const int AtOnceMax = 8;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly IngressOptions _options;
    private readonly KubeletPlayer _kubelet;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<V1Ingress> _ingresses;
    private readonly ObjectMirror<V1Secret> _secrets;
    private readonly ObjectMirror<V1Service> _services;
    private readonly ConcurrentDictionary<string, bool> _announced = new(); // by uid
    private List<IngressSite>? _published;

    private IngressPlayer(IKubernetes client, IngressOptions options, KubeletPlayer kubelet, string folder)
    {
        _client = client;
        _options = options;
        _kubelet = kubelet;
        _loop = new PlayerLoop(Path.Combine(folder, "ingress.log"));
        _ingresses = Mirrors.Ingresses(client, _loop.Wake);
        _secrets = Mirrors.Secrets(client, _loop.Wake);
        _services = Mirrors.Services(client, _loop.Wake);
    }

    /// <summary>Starts to play.</summary>
    /// <param name="controlPlane">Whose Ingress objects.</param>
    /// <param name="options">Which, and where to.</param>
    /// <param name="kubelet">Knows which pods are ready.</param>
    /// <param name="folder">A folder for the log.</param>
    /// <param name="cancellationToken">Ends the wait for the first lists.</param>
    public static async Task<IngressPlayer> StartAsync(
        ControlPlane controlPlane, IngressOptions options, KubeletPlayer kubelet, string folder, CancellationToken cancellationToken)
    {
        var player = new IngressPlayer(controlPlane.Client, options, kubelet, folder);
        await Task.WhenAll(player._ingresses.Listed, player._secrets.Listed, player._services.Listed).WaitAsync(cancellationToken);
        kubelet.PodsChanged += player._loop.Wake;
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Stops to play; the sites stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        _kubelet.PodsChanged -= _loop.Wake;
        await _loop.DisposeAsync();
        await _ingresses.DisposeAsync();
        await _secrets.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var played = _ingresses.All
            .Where(ingress => ingress.Spec.IngressClassName == _options.ClassName && ingress.Metadata.DeletionTimestamp is null)
            .OrderBy(static ingress => ingress.Metadata.CreationTimestamp)
            .ThenBy(static ingress => $"{ingress.Metadata.NamespaceProperty}/{ingress.Metadata.Name}", StringComparer.Ordinal)
            .ToList();

        // Of two Ingress objects with the same host the older one has it.
        var sites = played.SelectMany(SitesOf).DistinctBy(static site => site.Host)
            .OrderBy(static site => site.Host, StringComparer.Ordinal).ToList();
        if (_published is null || !Same(_published, sites))
        {
            await _options.Publish(sites);
            _published = sites;
            _loop.Log($"{sites.Count} sites: {string.Join(", ", sites.Select(Describe))}");
        }

        await Parallel.ForEachAsync(
            played,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellationToken },
            async (ingress, token) => await AnnounceAsync(ingress, token));
    }

    private IEnumerable<IngressSite> SitesOf(V1Ingress ingress)
    {
        foreach (var rule in ingress.Spec.Rules ?? [])
        {
            if (string.IsNullOrEmpty(rule.Host) || CertificateFor(ingress, rule.Host) is not { } certificate) continue;
            var backend = rule.Http?.Paths?.FirstOrDefault()?.Backend?.Service ?? ingress.Spec.DefaultBackend?.Service;
            var service = backend is null ? null : _services.Find(ingress.Metadata.NamespaceProperty, backend.Name);
            IReadOnlyList<string> upstreams = service is null ? [] : _kubelet.ReadyEndpoints(service, backend!.Port);
            yield return new IngressSite(rule.Host, certificate.Certificate, certificate.Key, upstreams);
        }
    }

    private (string Certificate, string Key)? CertificateFor(V1Ingress ingress, string host)
    {
        var tls = ingress.Spec.Tls?.FirstOrDefault(entry => entry.Hosts?.Contains(host) is true);
        if (tls?.SecretName is null || _secrets.Find(ingress.Metadata.NamespaceProperty, tls.SecretName) is not { Data: { } data })
            return null;
        return data.TryGetValue("tls.crt", out var certificate) && data.TryGetValue("tls.key", out var key)
            ? (Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key))
            : null;
    }

    private async Task AnnounceAsync(V1Ingress ingress, CancellationToken cancellationToken)
    {
        if (ingress.Status?.LoadBalancer?.Ingress?.Any(entry => entry.Ip == _options.Address) is true) return;
        if (!_announced.TryAdd(ingress.Metadata.Uid, true)) return;
        var status = new V1IngressStatus
        {
            LoadBalancer = new V1IngressLoadBalancerStatus
            {
                Ingress = [new V1IngressLoadBalancerIngress { Ip = _options.Address }],
            },
        };
        try
        {
            await _client.NetworkingV1.PatchNamespacedIngressStatusAsync(
                new V1Patch(new V1Ingress { Status = status }, V1Patch.PatchType.MergePatch),
                ingress.Metadata.Name, ingress.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException failure) when (failure.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Deleted meanwhile.
        }
        catch
        {
            _announced.TryRemove(ingress.Metadata.Uid, out _);
            throw;
        }
    }

    private static bool Same(List<IngressSite> left, List<IngressSite> right) =>
        left.Count == right.Count && left.Zip(right).All(static pair =>
            pair.First with { Upstreams = pair.Second.Upstreams } == pair.Second &&
            pair.First.Upstreams.SequenceEqual(pair.Second.Upstreams));

    private static string Describe(IngressSite site) => $"{site.Host} -> [{string.Join(' ', site.Upstreams)}]";
}
