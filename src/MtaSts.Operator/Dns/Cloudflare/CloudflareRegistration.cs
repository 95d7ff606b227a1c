using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace MtaSts.Operator.Dns.Cloudflare;

/// <summary>Makes the adapter's parts known to a container.</summary>
public static class CloudflareRegistration
{
    /// <summary>The name of the adapter's HTTP client.</summary>
    public const string ClientName = "cloudflare";

    private const int RetriesMax = 2;

    /// <summary>Adds <see cref="CloudflareAccounts"/> and the HTTP client that it takes. A <see cref="TimeProvider"/> in the container is used.</summary>
    public static IServiceCollection AddCloudflare(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddTransient(s => new CloudflareHandler(s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<CloudflareAccounts>();
        var client = services.AddHttpClient(ClientName)
            .ConfigureHttpClient(c => c.Timeout = Timeout.InfiniteTimeSpan) // Each request has a deadline of its own.
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.AllowAutoRedirect = false; // A redirect would carry the token to somebody else.
                handler.UseCookies = false;
                handler.AutomaticDecompression = DecompressionMethods.All;
                handler.ConnectTimeout = TimeSpan.FromSeconds(10);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers(); // Their lines would name every address and header.
        client.AddResilienceHandler("retry", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            var retry = new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = RetriesMax,
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = false, // Waiting that long is the caller's business.
                // A time-out is none of these: it has been waited for long enough.
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is HttpRequestException || (int)(arguments.Outcome.Result?.StatusCode ?? 0) >= 500),
            };
            retry.DisableForUnsafeHttpMethods(); // A batch may have happened although its answer is missing.
            pipeline.AddRetry(retry);
        });
        client.AddHttpMessageHandler<CloudflareHandler>();
        return services;
    }
}
