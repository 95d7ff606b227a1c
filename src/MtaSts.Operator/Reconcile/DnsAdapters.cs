using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Cloudflare;
using MtaSts.Operator.Dns.Endpoint;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.PowerDns;
using MtaSts.Operator.Dns.Rfc2136;
using MtaSts.Operator.Dns.Webhook;
using MtaSts.Operator.Resources.Reading;

namespace MtaSts.Operator.Reconcile;

/// <summary>Makes the adapter that a provider's settings ask for. One for the process: it keeps the connections and the limits of APIs.</summary>
public sealed class DnsAdapters : IDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly EndpointSurroundings _endpoints;
    private readonly ServiceProvider _services;
    private readonly CloudflareAccounts _cloudflare;
    private readonly ConcurrentDictionary<Reach, HttpClient> _clients = new(); // one for each reach: connections are shared within it alone

    /// <summary>Adapters that have opened nothing yet.</summary>
    /// <param name="loggers">For the adapters.</param>
    /// <param name="time">The clock that signatures and limits go by.</param>
    /// <param name="endpoints">For DNSEndpoint objects.</param>
    public DnsAdapters(ILoggerFactory loggers, TimeProvider time, EndpointSurroundings endpoints)
    {
        (_loggers, _time, _endpoints) = (loggers, time, endpoints);
        _services = new ServiceCollection().AddSingleton(time).AddSingleton(loggers).AddCloudflare().BuildServiceProvider();
        _cloudflare = _services.GetRequiredService<CloudflareAccounts>();
    }

    /// <summary>The adapter; null with a problem where the secret is none that it could use.</summary>
    /// <param name="settings">The provider; not one whose records are written by hand.</param>
    /// <param name="secret">Its credential, where it has one.</param>
    /// <param name="problem">What is wrong with the secret; never the secret itself.</param>
    public IDnsProvider? Create(ProviderSettings settings, string? secret, out string problem) => settings.Backend switch
    {
        DnsBackend.Rfc2136 server => OfServer(server, settings, secret, out problem),
        DnsBackend.Cloudflare api => OfCloudflare(api, settings, secret, out problem),
        DnsBackend.PowerDns api => OfPowerDns(api, settings, secret, out problem),
        DnsBackend.Webhook api => OfWebhook(api, settings, out problem),
        DnsBackend.Endpoint objects => OfEndpoints(objects, settings, out problem),
        var other => throw new ArgumentException($"nobody writes {other.Field} records but people", nameof(settings)),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        _services.Dispose();
    }

    // Each call has a deadline of its own.
    private HttpClient ClientFor(Reach reach) =>
        _clients.GetOrAdd(reach, r => new HttpClient(ProviderHttp.NewHandler(r)) { Timeout = Timeout.InfiniteTimeSpan });

    // Cloudflare's is its credential's, and not of one provider alone.
    private RequestBudget? BudgetOf(ProviderSettings settings) => settings.RequestsMax is { } most ? new RequestBudget(most, _time) : null;

    private Rfc2136Provider? OfServer(DnsBackend.Rfc2136 server, ProviderSettings settings, string? secret, out string problem)
    {
        TsigKey? key = null;
        problem = "";
        if (server.Tsig is { } tsig && !TsigKey.TryCreate(tsig.KeyName, tsig.Algorithm, secret!, out key, out problem))
        {
            return null;
        }

        var options = new Rfc2136Options { Host = server.Host, Port = server.Port, Zones = settings.Zones, Key = key, Timeout = server.Timeout, Reach = settings.Reach };
        return new Rfc2136Provider(options, _time, _loggers.CreateLogger<Rfc2136Provider>());
    }

    private CloudflareProvider? OfCloudflare(DnsBackend.Cloudflare api, ProviderSettings settings, string? secret, out string problem)
    {
        if (!CloudflareToken.TryCreate(secret, out var token, out problem))
        {
            return null;
        }

        var options = new CloudflareOptions { Token = token, Zones = settings.Zones, Timeout = api.Timeout };
        options = settings.RequestsMax is { } most ? options with { RequestsPerWindow = most } : options;
        return _cloudflare.Open(api.Url is { } url ? options with { BaseAddress = url } : options);
    }

    private PowerDnsProvider? OfPowerDns(DnsBackend.PowerDns api, ProviderSettings settings, string? secret, out string problem)
    {
        if (!PowerDnsKey.TryCreate(secret, out var key, out problem))
        {
            return null;
        }

        var options = new PowerDnsOptions
        {
            Address = api.Url,
            ServerId = api.Server,
            Key = key,
            Zones = settings.Zones,
            Timeout = api.Timeout,
            Budget = BudgetOf(settings),
        };
        return new PowerDnsProvider(options, ClientFor(settings.Reach), _time, _loggers.CreateLogger<PowerDnsProvider>());
    }

    private WebhookProvider OfWebhook(DnsBackend.Webhook api, ProviderSettings settings, out string problem)
    {
        problem = "";
        var options = new WebhookOptions { Address = api.Url, Zones = settings.Zones, Timeout = api.Timeout, TxtForm = api.TxtForm, Budget = BudgetOf(settings) };
        return new WebhookProvider(options, ClientFor(settings.Reach), _time, _loggers.CreateLogger<WebhookProvider>());
    }

    private EndpointProvider OfEndpoints(DnsBackend.Endpoint objects, ProviderSettings settings, out string problem)
    {
        problem = "";
        var options = new EndpointOptions
        {
            Namespace = objects.Namespace ?? _endpoints.Namespace,
            Labels = objects.Labels,
            Zones = settings.Zones,
            TxtForm = objects.TxtForm,
            AllowedAddresses = objects.AllowedAddresses,
        };
        return new EndpointProvider(options, _endpoints.Writer, _endpoints.Probe, _time);
    }
}
