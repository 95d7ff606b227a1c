using System.Collections.Concurrent;
using System.Net;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>
/// A cluster whose API server has just these objects: it answers lists and reads in this process, and its watches keep silent. It serves in "mta-sts", where the operator is
/// too.
/// </summary>
internal sealed class ListedCluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly k8s.Kubernetes _client;
    private readonly Task _running;

    private ListedCluster(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        _client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.invalid" }, new Server([.. objects], Reads));
        Api = new ApiClient(_client);
        Cluster = new Cluster(Api, "mta-sts", ["mta-sts"], [], NullLoggerFactory.Instance, TimeProvider.System);
        _running = Cluster.RunAsync(_stop.Token);
    }

    public Cluster Cluster { get; }

    public ApiClient Api { get; }

    /// <summary>The paths of objects that were read one by one.</summary>
    public ConcurrentQueue<string> Reads { get; } = [];

    public static async Task<ListedCluster> OfAsync(params IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var cluster = new ListedCluster(objects);
        await Task.WhenAll(cluster.Cluster.Informers.Where(i => i is not IOnDemandInformer { IsWanted: false }).Select(i => i.WaitForSyncAsync(TestContext.Current.CancellationToken)));
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        _stop.Dispose();
    }

    private sealed class Server(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects, ConcurrentQueue<string> reads) : DelegatingHandler
    {
        private static readonly Dictionary<string, string> Kinds = new()
        {
            ["mtastspolicies"] = "MtaStsPolicy",
            ["mtastsretirements"] = "MtaStsRetirement",
            ["mtastsclasses"] = "MtaStsClass",
            ["clusterdnsproviders"] = "ClusterDnsProvider",
            ["dnsproviders"] = "DnsProvider",
            ["namespaces"] = "Namespace",
            ["secrets"] = "Secret",
            ["configmaps"] = "ConfigMap",
            ["ingresses"] = "Ingress",
            ["deployments"] = "Deployment",
            ["services"] = "Service",
            ["gateways"] = "Gateway",
            ["httproutes"] = "HTTPRoute",
            ["listenersets"] = "ListenerSet",
            ["certificates"] = "Certificate",
        };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var path = request.RequestUri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (!Kinds.TryGetValue(path[^1], out var kind))
            {
                return Read(request.RequestUri.AbsolutePath, path);
            }

            var space = path.Length > 2 && path[^3] == "namespaces" ? path[^2] : null;
            var items = objects.Where(o => o.Kind == kind && (space is null || o.Metadata.NamespaceProperty == space)).Select(o => KubernetesJson.Serialize((object)o));
            return Json(HttpStatusCode.OK, $$$"""{"metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', items)}}}]}""");
        }

        // .../namespaces/SPACE/KINDS/NAME. A Secret that is marked so may not be read.
        private HttpResponseMessage Read(string address, string[] path)
        {
            reads.Enqueue(address);
            var found = objects.FirstOrDefault(o => o.Kind == Kinds[path[^2]] && o.Metadata.Name == path[^1] && o.Metadata.NamespaceProperty == path[^3]);
            return found is null ? Json(HttpStatusCode.NotFound, """{"kind":"Status","code":404,"reason":"NotFound","details":{"name":"x"},"message":"not there"}""")
                : found.Metadata.Labels?.ContainsKey("forbidden") == true ? Json(HttpStatusCode.Forbidden, """{"kind":"Status","code":403,"message":"forbidden"}""")
                : Json(HttpStatusCode.OK, KubernetesJson.Serialize((object)found));
        }

        private static HttpResponseMessage Json(HttpStatusCode code, string text) =>
            new(code) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }
}
