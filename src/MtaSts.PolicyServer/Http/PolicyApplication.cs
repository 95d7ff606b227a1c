using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using MtaSts.PolicyServer.Hosting;
using MtaSts.PolicyServer.Policies;
using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Http;

/// <summary>
/// What senders talk to. It stands directly on the server's features: there is no routing, no middleware and no
/// HttpContext, since there is one path and no state.
/// </summary>
internal sealed class PolicyApplication(PolicyStore store, Readiness readiness, ServerMetrics metrics)
    : IHttpApplication<IFeatureCollection>
{
    // Built once: a StringValues from a constant costs nothing, a header that is formatted per request does.
    private static readonly StringValues TextPlain = "text/plain"; // rfc8461#3.3: the media type that senders look for
    private static readonly StringValues NoStore = "no-store"; // rfc8461#3.3: HTTP caching must not be used
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues GetAndHead = "GET, HEAD";
    private static readonly StringValues Close = "close";

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        bool hasBody = context.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

        PolicyAnswer answer = PolicyAnswer.To(
            store.Current, request.Method, request.Path, request.Headers.Host.ToString(), hasBody);

        metrics.Answered(answer.Status);
        response.StatusCode = answer.Status;
        IHeaderDictionary headers = response.Headers;
        headers.CacheControl = NoStore;
        headers.ContentLength = answer.Document.Length;
        if (hasBody || readiness.Draining)
            headers.Connection = Close;

        if (answer.Status == StatusCodes.Status405MethodNotAllowed)
            headers.Allow = GetAndHead;
        if (answer.Status != StatusCodes.Status200OK)
            return Task.CompletedTask;

        headers.ContentType = TextPlain;
        headers.XContentTypeOptions = NoSniff;
        headers.ETag = answer.Tag;
        if (request.Method == "HEAD")
            return Task.CompletedTask;

        ValueTask<System.IO.Pipelines.FlushResult> written =
            context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(answer.Document);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }
}
