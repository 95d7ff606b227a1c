using MtaSts.TestBed;
using MtaSts.TestBed.Foreign;
using MtaSts.TestBed.Players;

namespace MtaSts.EndToEnd;

/// <summary>A world in which policy hosts are reached by a Gateway and by a load balancer. No Ingress is in it, so that the web server is the Gateway's. Its operator looks at one team's namespace alone, under the rights that the chart gives for that.</summary>
public sealed class OperatorExposureFixture() : OperatorSceneFixture(pods: 8)
{
    /// <summary>The Gateway's namespace.</summary>
    internal const string Gateways = "gateways";

    /// <summary>What the class said while the API server did not have the Gateway API.</summary>
    internal string BeforeTheApi { get; private set; } = "";

    /// <summary>What plays the load balancer.</summary>
    internal LoadBalancerPlayer LoadBalancer { get; private set; } = null!;

    private protected override OperatorWorldOptions Options => base.Options with { Exposures = ["Gateway", "LoadBalancer"], WatchNamespaces = ["team-a"], OwnerId = "" };

    private protected override async Task FillAsync(OperatorScene scene)
    {
        var (plane, kubelet) = (scene.ControlPlane, scene.World.Kubelet);
        await plane.ApplyAsync(
            OperatorScene.Namespace(Gateways) + scene.Provider("default", owner: null, ttl: 30)
            + ClassOf(scene, "gateway", $"type: Gateway, gateway: {{ parentRef: {{ namespace: {Gateways}, name: public }}, listeners: ListenerSet, tls: {{ clusterIssuer: {OperatorWorld.Issuer} }} }}"),
            CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => (BeforeTheApi = await plane.KubectlAsync("get", "mtastsclass", "gateway", "-o", "jsonpath={.status.conditions[?(@.type==\"ServingReady\")]}"))
                .Contains("ApiMissing", StringComparison.Ordinal),
            "the class says what the API server does not have");

        await ForeignCrds.InstallGatewayApiAsync(plane, CancellationToken.None);
        var options = new IngressOptions
        {
            ClassName = "gateway",
            Address = scene.Mail.Web.EndPoint.Address.ToString(),
            Publish = sites => scene.Mail.Web.SetSitesAsync(sites, CancellationToken.None),
        };
        await scene.World.Bed.AddAsync("gateway", (bed, folder, token) => GatewayPlayer.StartAsync(bed.ControlPlane, options, kubelet, folder, token), CancellationToken.None);
        LoadBalancer = await scene.World.Bed.AddAsync(
            "load-balancer", (bed, folder, token) => LoadBalancerPlayer.StartAsync(bed.ControlPlane, scene.Mail, kubelet, folder, token), CancellationToken.None);
        await plane.ApplyAsync(
            Gateway("public", listenersFrom: "All") + Gateway("closed", listenersFrom: "None")
            + ClassOf(scene, "closed", $"type: Gateway, gateway: {{ parentRef: {{ namespace: {Gateways}, name: closed, sectionName: https }} }}")
            + ClassOf(scene, "balanced", $"type: LoadBalancer, loadBalancer: {{ tls: {{ clusterIssuer: {OperatorWorld.Issuer} }} }}")
            + ClassOf(scene, "paced", $"type: LoadBalancer, maxNewHostsPerHour: 1, loadBalancer: {{ tls: {{ clusterIssuer: paced-ca }} }}"),
            CancellationToken.None);
    }

    private static string ClassOf(OperatorScene scene, string name, string exposure)
    {
        var lines = scene.Class(name, OperatorClasses.Fast).Split('\n').ToList();
        var at = lines.FindIndex(l => l.TrimStart().StartsWith("exposure:", StringComparison.Ordinal));
        var indent = lines[at][..^lines[at].TrimStart().Length];
        var end = lines.FindIndex(at + 1, l => l.Trim().Length > 0 && l.Length - l.TrimStart().Length <= indent.Length);
        lines.RemoveRange(at, end - at);
        lines.Insert(at, $"{indent}exposure: {{ {exposure} }}");
        return string.Join('\n', lines);
    }

    private static string Gateway(string name, string listenersFrom) => $$"""
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: { name: {{name}}, namespace: {{Gateways}} }
        spec:
          gatewayClassName: bed
          allowedListeners: { namespaces: { from: {{listenersFrom}} } }
          listeners:
            - { name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: none }] }, allowedRoutes: { namespaces: { from: Same } } }

        """;
}

/// <summary>Tests of this collection share that world and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorExposureCollection : ICollectionFixture<OperatorExposureFixture>
{
    public const string Name = "operator exposures";
}
