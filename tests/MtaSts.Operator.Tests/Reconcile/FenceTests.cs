using System.Net;
using System.Net.Http.Headers;
using k8s;
using k8s.Models;
using MtaSts.Kubernetes;
using MtaSts.Operator.Reconcile;

namespace MtaSts.Operator.Tests.Reconcile;

public sealed class FenceTests
{
    private static readonly V1ConfigMap Decided = new() { Metadata = new V1ObjectMeta { Name = "x", NamespaceProperty = "team-a", ResourceVersion = "7" } };

    private bool _leads = true;

    [Theory]
    [InlineData("7", true, "as it was decided on")]
    [InlineData("8", false, "changed since")]
    public async Task It_holds_for_the_version_that_was_decided_on_alone(string version, bool holds, string why)
    {
        var held = await HoldsAsync(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($$$"""{"metadata":{"resourceVersion":"{{{version}}}"}}""") });
        Assert.True(holds == held, why);
    }

    [Fact]
    public async Task It_does_not_hold_for_what_is_gone() => Assert.False(await HoldsAsync(_ => new HttpResponseMessage(HttpStatusCode.NotFound)));

    [Fact]
    public async Task It_does_not_hold_where_the_leadership_goes_while_the_server_is_asked() => Assert.False(await HoldsAsync(_ =>
    {
        _leads = false;
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"metadata":{"resourceVersion":"7"}}""") };
    }));

    [Fact]
    public async Task A_server_that_does_not_say_is_no_reason_to_ask_again_at_full_speed()
    {
        var away = await Assert.ThrowsAsync<RetryLaterException>(() => HoldsAsync(_ => new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(3)) },
        }));
        Assert.Equal(TimeSpan.FromSeconds(3), away.NotBefore);
        await Assert.ThrowsAsync<RetryLaterException>(() => HoldsAsync(_ => throw new HttpRequestException("refused")));
    }

    private async Task<bool> HoldsAsync(Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.invalid" }, new Answering(answer));
        return await new Fence(new ApiClient(client), () => _leads).HoldsAsync(Decided, TestContext.Current.CancellationToken);
    }

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }
}
