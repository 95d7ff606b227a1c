using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MtaSts.Kubernetes;

namespace MtaSts.Operator.Hosting;

/// <summary>
/// Answers /healthz (the process does its work; a dead watch makes it fail) and /readyz (the caches are filled) with 200 or 503 and a line for
/// each cache.
/// </summary>
internal static class HealthServer
{
    /// <summary>Listens until cancelled.</summary>
    public static async Task RunAsync(IPEndPoint listen, RuntimeHealth health, CancellationToken cancellationToken)
    {
        // Empty: any other builder looks for settings files in the current folder, which is / in a container, and watches every folder below it for
        // changes. That takes seconds at the start, minutes under load, before the leader election can begin.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listen));
        await using var app = builder.Build();
        app.MapGet("/healthz", () => Answer(health.IsAlive, health));
        app.MapGet("/readyz", () => Answer(health.IsReady, health));
        await app.StartAsync(cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static IResult Answer(bool isWell, RuntimeHealth health) => Results.Text(
        string.Join('\n', health.Describe()) + "\n", "text/plain", statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
