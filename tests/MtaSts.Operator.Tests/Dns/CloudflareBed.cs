using MtaSts.Operator.Dns.Cloudflare;
using MtaSts.TestBed.Cloudflare;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The test bed's Cloudflare server, and the adapter as the operator's composition makes it.</summary>
internal sealed class CloudflareBed : IAsyncDisposable
{
    public const string Token = "test-token-0123456789";

    private readonly ServiceProvider _services;
    private readonly TimeProvider _time;

    private CloudflareBed(CloudflareServer server, ServiceProvider services, TimeProvider time) =>
        (Server, _services, _time) = (server, services, time);

    public CloudflareServer Server { get; }

    public static async Task<CloudflareBed> StartAsync(TimeProvider? time = null, int requestsMax = CloudflareServer.RequestsMax)
    {
        var server = await CloudflareServer.StartAsync(time, requestsMax);
        server.AddToken(new CloudflareTokenRights(Token));
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System).AddCloudflare().BuildServiceProvider();
        return new CloudflareBed(server, services, time ?? TimeProvider.System);
    }

    /// <summary>What is shared by the adapters of one process.</summary>
    public CloudflareAccounts NewAccounts() =>
        new(_services.GetRequiredService<IHttpClientFactory>(), _time, _services.GetRequiredService<ILoggerFactory>());

    public CloudflareOptions Options(string token = Token, Uri? address = null, params string[] zones)
    {
        Assert.True(CloudflareToken.TryCreate(token, out var parsed, out var problem), problem);
        return new CloudflareOptions { BaseAddress = address ?? Server.BaseAddress, Token = parsed, Zones = [.. zones], Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>An adapter that shares nothing with others.</summary>
    public CloudflareProvider Make(string token = Token, Uri? address = null, params string[] zones) =>
        NewAccounts().Open(Options(token, address, zones));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
