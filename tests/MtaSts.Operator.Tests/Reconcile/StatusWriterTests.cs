using System.Net;
using System.Net.Http.Headers;
using k8s;
using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Core.Status;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

public sealed class StatusWriterTests
{
    [Fact]
    public async Task A_server_that_asks_to_wait_is_not_asked_again_before()
    {
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.invalid" }, new Overloaded());
        var api = new ApiClient(client);
        var statuses = new StatusWriter(new ServerSideApply(api, "test"), new Fence(api, () => true), TimeProvider.System);
        var policy = new MtaStsPolicy { Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "team-a", ResourceVersion = "7" }, Spec = new() { Domain = "example.com", Mx = [] } };

        var away = await Assert.ThrowsAsync<RetryLaterException>(() => statuses.WriteOutcomeAsync(
            policy, new PassOutcome { Rejection = (Reason.ClassNotFound, "there is none") }, null, TestContext.Current.CancellationToken));

        Assert.Equal(TimeSpan.FromSeconds(3), away.NotBefore);
    }

    private sealed class Overloaded : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(3)) } });
    }
}
