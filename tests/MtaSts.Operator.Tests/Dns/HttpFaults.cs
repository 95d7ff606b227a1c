namespace MtaSts.Operator.Tests.Dns;

/// <summary>Stands between a client and a real server: a test decides what becomes of each call.</summary>
internal sealed class HttpFaults(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>What to do with a call; the function sends it on.</summary>
    public Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, CancellationToken, Task<HttpResponseMessage>> OnCall { get; set; } =
        (_, send, _) => send();

    /// <summary>Requests seen, as "METHOD /path?query".</summary>
    public List<string> Seen { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Seen)
            Seen.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        var answer = await OnCall(request, () => base.SendAsync(request, cancellationToken), cancellationToken);
        answer.RequestMessage = request;
        return answer;
    }
}
