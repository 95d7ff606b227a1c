using System.Net;
using System.Text;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MtaSts.Core.Desired;
using MtaSts.Kubernetes;
using MtaSts.Operator.Hosting;

namespace MtaSts.Operator.Tests.Resources;

/// <summary>The owner id of an operator that was given none. On a real API server, and under the chart's rights: OperatorExposureTests.</summary>
public sealed class ClusterIdentityTests
{
    private const string Uid = "2f3c9a52-5d0e-4c7e-9b56-0f6d8a1b7c11";

    private const string List = "{\"kind\":\"NamespaceList\",\"items\":[{\"metadata\":{\"name\":\"kube-system\",\"uid\":\"" + Uid + "\"}}]}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, """{"kind":"Status","message":"namespaces is forbidden"}""")]
    [InlineData(503, "")]
    [InlineData(200, """{"kind":"NamespaceList","items":[]}""")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"kind":"NamespaceList","items":[{"metadata":{"name":"kube-system"}}]}""")]
    public async Task It_is_made_of_the_clusters_UID_however_long_the_API_server_does_not_give_it(int code, string body)
    {
        var time = new FakeTimeProvider();
        var server = new ScriptedAnswers((code, body), (code, body), (200, List));
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.test" }, server);

        var asking = ClusterIdentity.OwnerIdAsync(new ApiClient(client, time), NullLogger.Instance, time, Token);
        while (!asking.IsCompleted)
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("cluster-" + Uid, await asking);
        Assert.True(OwnerIdentity.TryCreate(await asking, "team-a/example", out _, out var problem), problem);
        Assert.Equal(3, server.Asked);
    }

    private sealed class ScriptedAnswers(params (int Code, string Body)[] answers) : DelegatingHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (code, body) = answers[Asked++];
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)code) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }
    }
}
