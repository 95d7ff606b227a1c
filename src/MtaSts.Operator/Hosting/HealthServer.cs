using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listen));
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
