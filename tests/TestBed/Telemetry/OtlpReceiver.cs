using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MtaSts.TestBed.Telemetry;

/// <summary>
/// Takes what a program exports by OTLP over HTTP (opentelemetry-proto, binary), on loopback, and tells which texts were in it: names and attributes stand there as
/// they are.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    // Enough for the exports of some minutes; older ones are forgotten.
    private const int BodiesMax = 512;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _bodies = new();

    private OtlpReceiver(WebApplication app)
    {
        _app = app;
        app.Run(TakeAsync);
    }

    /// <summary>What goes into OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public Uri Address { get; private init; } = null!;

    /// <summary>Starts one.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var port = FreePorts.Next(IPAddress.Loopback);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var receiver = new OtlpReceiver(builder.Build()) { Address = new Uri($"http://127.0.0.1:{port}") };
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>True when an export of a signal, <c>traces</c> or <c>metrics</c>, had all these texts in it.</summary>
    public bool Has(string signal, params IEnumerable<string> texts) =>
        _bodies.Any(b => b.Signal == signal && texts.All(text => b.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.ContentType != "application/x-protobuf")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        _bodies.Enqueue((context.Request.Path.Value!.Split('/')[^1], body.ToArray()));
        if (_bodies.Count > BodiesMax) _bodies.TryDequeue(out _);
        context.Response.ContentType = "application/x-protobuf"; // An empty message: all of it was taken.
    }
}
