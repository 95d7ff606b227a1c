using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using MtaSts.PolicyServer.Hosting;
using MtaSts.PolicyServer.Telemetry;

namespace MtaSts.PolicyServer.Http;

/// <summary>What the kubelet and Prometheus talk to: <c>/healthz</c>, <c>/readyz</c>, <c>/metrics</c>.</summary>
internal sealed class HealthApplication(Readiness readiness, ServerMetrics metrics) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        (int status, string type, string text) = Answer(request.Method, request.Path);

        byte[] body = Encoding.UTF8.GetBytes(text);
        response.StatusCode = status;
        response.Headers.ContentType = type;
        response.Headers.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (request.Method != "HEAD")
            await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body);
    }

    private (int Status, string Type, string Text) Answer(string method, string path)
    {
        const string plain = "text/plain";
        if (method is not ("GET" or "HEAD"))
            return (StatusCodes.Status405MethodNotAllowed, plain, "GET or HEAD\n");
        return path switch
        {
            "/healthz" => (StatusCodes.Status200OK, plain, "ok\n"),
            "/readyz" when readiness.Ready => (StatusCodes.Status200OK, plain, "ok\n"),
            "/readyz" => (StatusCodes.Status503ServiceUnavailable, plain, readiness.Draining ? "stopping\n" : "no policies read yet\n"),
            "/metrics" => (StatusCodes.Status200OK, PrometheusText.ContentType, PrometheusText.Write(metrics, readiness.Ready)),
            _ => (StatusCodes.Status404NotFound, plain, "/healthz, /readyz or /metrics\n"),
        };
    }
}
