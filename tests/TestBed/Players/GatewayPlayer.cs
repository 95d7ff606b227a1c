using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.TestBed.Foreign;

namespace MtaSts.TestBed.Players;

/// <summary>
/// Plays a Gateway controller: turns the HTTPRoutes of every Gateway, on its listeners or on ListenerSets, with their Secrets, Services and ready pods, into a list of
/// sites, gives the list on when it has changed, and writes the statuses: the Gateway's address, and whether routes and listeners are accepted; listeners without a Secret are not. A listener takes the
/// routes of its own namespace unless it says All, and a Gateway takes ListenerSets only where it allows them, as the API has it.
/// </summary>
public sealed class GatewayPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly IngressOptions _options;
    private readonly KubeletPlayer _kubelet;
    private readonly PlayerLoop _loop;
    private readonly ObjectMirror<ForeignResource> _gateways;
    private readonly ObjectMirror<ForeignResource> _routes;
    private readonly ObjectMirror<ForeignResource> _listenerSets;
    private readonly ObjectMirror<V1Secret> _secrets;
    private readonly ObjectMirror<V1Service> _services;
    private List<IngressSite>? _published;

    private GatewayPlayer(IKubernetes client, IngressOptions options, KubeletPlayer kubelet, string folder)
    {
        (_client, _options, _kubelet) = (client, options, kubelet);
        _loop = new PlayerLoop(Path.Combine(folder, "gateway.log"));
        _gateways = ForeignKind.Gateway.Mirror(client, _loop.Wake);
        _routes = ForeignKind.HttpRoute.Mirror(client, _loop.Wake);
        _listenerSets = ForeignKind.ListenerSet.Mirror(client, _loop.Wake);
        _secrets = Mirrors.Secrets(client, _loop.Wake);
        _services = Mirrors.Services(client, _loop.Wake);
    }

    /// <summary>Starts to play the Gateways of a class, on a control plane that has the Gateway API.</summary>
    public static async Task<GatewayPlayer> StartAsync(
        ControlPlane controlPlane, IngressOptions options, KubeletPlayer kubelet, string folder, CancellationToken cancellationToken)
    {
        var player = new GatewayPlayer(controlPlane.Client, options, kubelet, folder);
        await Task.WhenAll(player._gateways.Listed, player._routes.Listed, player._listenerSets.Listed, player._secrets.Listed, player._services.Listed)
            .WaitAsync(cancellationToken);
        kubelet.PodsChanged += player._loop.Wake;
        player._loop.Start(player.PassAsync, Tick);
        return player;
    }

    /// <summary>Stops to play; the sites stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        _kubelet.PodsChanged -= _loop.Wake;
        await _loop.DisposeAsync();
        foreach (var mirror in new IAsyncDisposable[] { _gateways, _routes, _listenerSets, _secrets, _services }) await mirror.DisposeAsync();
    }

    private async Task PassAsync(CancellationToken cancellationToken)
    {
        foreach (var gateway in _gateways.All.Where(g => (string?)g.StatusNode["addresses"]?[0]?["value"] != _options.Address))
            await ForeignKind.Gateway.SetStatusAsync(_client, gateway, new { addresses = new[] { new { type = "IPAddress", value = _options.Address } } }, cancellationToken);

        foreach (var listeners in _listenerSets.All)
        {
            var refusal = RefusalOf(listeners);
            var reason = refusal ?? "Accepted";
            if (listeners.ReasonOf("Accepted") == reason) continue;
            await ForeignKind.ListenerSet.SetStatusAsync(
                _client, listeners,
                new { conditions = new[] { ForeignKind.ConditionOf("Accepted", refusal is null, reason), ForeignKind.ConditionOf("Programmed", refusal is null, reason) } },
                cancellationToken);
        }

        var sites = new List<IngressSite>();
        foreach (var route in _routes.All.OrderBy(r => r.Metadata.CreationTimestamp).ThenBy(r => r.Metadata.Name, StringComparer.Ordinal))
        {
            var (problem, certificate) = Listener(route);
            await AnswerAsync(route, problem, cancellationToken);
            if (certificate is not null && Secret(certificate) is { } pair) sites.AddRange(SitesOf(route, pair));
        }

        sites = [.. sites.DistinctBy(s => s.Host).OrderBy(s => s.Host, StringComparer.Ordinal)];
        if (_published is not null && Describe(_published) == Describe(sites)) return;
        await _options.Publish(sites);
        _published = sites;
        _loop.Log($"{sites.Count} sites: {string.Join(", ", sites.Select(s => s.Host))}");
    }

    // Why no listener takes a route; else the Secret ("namespace/name") of the one that does.
    private (string? Problem, string? Certificate) Listener(ForeignResource route)
    {
        var parent = route.SpecNode["parentRefs"]![0]!;
        var space = (string?)parent["namespace"] ?? route.Metadata.NamespaceProperty;
        var holder = ((string?)parent["kind"] == "ListenerSet" ? _listenerSets : _gateways).Find(space, (string)parent["name"]!);
        if (holder is null) return ("NoMatchingParent", null);
        if ((string?)parent["kind"] == "ListenerSet" && RefusalOf(holder) is not null) return ("NoMatchingParent", null);
        var section = (string?)parent["sectionName"];
        foreach (var listener in holder.SpecNode["listeners"]?.AsArray() ?? [])
        {
            if (section is not null && section != (string?)listener!["name"]) continue;
            var from = (string?)listener!["allowedRoutes"]?["namespaces"]?["from"] ?? "Same";
            if (from != "All" && space != route.Metadata.NamespaceProperty) continue;
            return (null, CertificateOf(listener, space));
        }

        return ("NotAllowedByListeners", null);
    }

    // Why a Gateway does not take listeners: it allows none from their namespace, or the Secret of none of them is there, as Cilium's controller has it.
    private string? RefusalOf(ForeignResource listeners) =>
        !Allows(listeners) ? "NotAllowed"
        : listeners.SpecNode["listeners"]!.AsArray().All(l => Secret(CertificateOf(l!, listeners.Metadata.NamespaceProperty)) is null) ? "ListenersNotValid"
        : null;

    private static string CertificateOf(JsonNode listener, string space)
    {
        var reference = listener["tls"]?["certificateRefs"]?[0];
        return $"{(string?)reference?["namespace"] ?? space}/{(string?)reference?["name"]}";
    }

    private bool Allows(ForeignResource listeners)
    {
        var parent = listeners.SpecNode["parentRef"]!;
        var gateway = _gateways.Find((string?)parent["namespace"] ?? listeners.Metadata.NamespaceProperty, (string)parent["name"]!);
        return (string?)gateway?.SpecNode["allowedListeners"]?["namespaces"]?["from"] == "All";
    }

    private async Task AnswerAsync(ForeignResource route, string? problem, CancellationToken cancellationToken)
    {
        var said = route.StatusNode["parents"]?[0]?["conditions"]?[0];
        if (said is not null && ((string?)said["status"] == "True") == (problem is null) && (problem is null || (string?)said["reason"] == problem)) return;
        var parent = JsonNode.Parse(route.SpecNode["parentRefs"]![0]!.ToJsonString());
        await ForeignKind.HttpRoute.SetStatusAsync(
            _client, route,
            new
            {
                parents = new[]
                {
                    new { parentRef = parent, controllerName = "bed/gateway", conditions = new[] { ForeignKind.ConditionOf("Accepted", problem is null, problem ?? "Accepted") } },
                },
            },
            cancellationToken);
    }

    private IEnumerable<IngressSite> SitesOf(ForeignResource route, (string Certificate, string Key) pair)
    {
        var backend = route.SpecNode["rules"]![0]!["backendRefs"]![0]!;
        var service = _services.Find(route.Metadata.NamespaceProperty, (string)backend["name"]!);
        IReadOnlyList<string> upstreams = service is null ? [] : _kubelet.ReadyEndpoints(service, new V1ServiceBackendPort { Number = (int)backend["port"]! });
        return route.SpecNode["hostnames"]!.AsArray().Select(host => new IngressSite((string)host!, pair.Certificate, pair.Key, upstreams));
    }

    private (string Certificate, string Key)? Secret(string reference) =>
        reference.Split('/') is [var space, var name] && _secrets.Find(space, name) is { Data: { } data }
        && data.TryGetValue("tls.crt", out var certificate) && data.TryGetValue("tls.key", out var key)
            ? (Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key))
            : null;

    private static string Describe(IEnumerable<IngressSite> sites) =>
        string.Join('\n', sites.Select(s => $"{s.Host} {string.Join(' ', s.Upstreams)} {s.CertificatePem.GetHashCode(StringComparison.Ordinal)}"));
}
