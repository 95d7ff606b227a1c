using System.Net;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

/// <summary>A cluster whose API server has just these objects: it answers lists in this process, and its watches keep silent. It serves in "mta-sts".</summary>
internal sealed class ListedCluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly k8s.Kubernetes _client;
    private readonly Task _running;

    private ListedCluster(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var items = objects.ToLookup(o => o.Kind, o => KubernetesJson.Serialize((object)o));
        _client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.invalid" }, new Lists(items));
        Cluster = new Cluster(new ApiClient(_client), "mta-sts", ["mta-sts"], NullLoggerFactory.Instance, TimeProvider.System);
        _running = Cluster.RunAsync(_stop.Token);
    }

    public Cluster Cluster { get; }

    public static async Task<ListedCluster> OfAsync(params IEnumerable<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var cluster = new ListedCluster(objects);
        await Task.WhenAll(cluster.Cluster.Informers.Select(i => i.WaitForSyncAsync(TestContext.Current.CancellationToken)));
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        _stop.Dispose();
    }

    private sealed class Lists(ILookup<string, string> items) : DelegatingHandler
    {
        private static readonly Dictionary<string, string> Kinds = new()
        {
            ["mtastspolicies"] = "MtaStsPolicy",
            ["mtastsretirements"] = "MtaStsRetirement",
            ["mtastsclasses"] = "MtaStsClass",
            ["clusterdnsproviders"] = "ClusterDnsProvider",
            ["namespaces"] = "Namespace",
            ["secrets"] = "Secret",
            ["configmaps"] = "ConfigMap",
            ["ingresses"] = "Ingress",
            ["deployments"] = "Deployment",
            ["services"] = "Service",
        };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            var kind = Kinds[request.RequestUri.AbsolutePath.Split('/')[^1]];
            var list = $$$"""{"metadata":{"resourceVersion":"1"},"items":[{{{string.Join(',', items[kind])}}}]}""";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(list, Encoding.UTF8, "application/json") };
        }
    }
}
