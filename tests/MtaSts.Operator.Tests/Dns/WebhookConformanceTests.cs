using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Http;
using MtaSts.Operator.Dns.Webhook;
using MtaSts.TestBed.Webhook;
using Microsoft.Extensions.Logging.Abstractions;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>The webhook adapter against a webhook in memory.</summary>
public abstract class WebhookTruth(WebhookStyle style) : IDnsTruth, IAsyncLifetime
{
    private readonly List<HttpClient> _clients = [];
    private WebhookServer? _server;
    private WebhookServer? _forbidden;
    private IDnsProvider? _provider;

    public string Zone => "example.test";

    public string SubZone => "sub.example.test";

    public string TableRow => style.QuotesTxt ? "`externalDnsWebhook`" : "`externalDnsWebhook` with `txtForm: Plain`";

    public bool IsAtomic => false;

    public bool WritesEveryText => style.QuotesTxt;

    public IDnsProvider Provider => _provider!; // One for all tests, as one serves all domains.

    public IReadOnlyDictionary<string, IDnsProvider> WithoutRights => new Dictionary<string, IDnsProvider> { ["403"] = Make(_forbidden!.Address) };

    public IDnsProvider WithNobodyThere => Make(new Uri($"http://127.0.0.1:{NamedServer.FreePort()}/"));

    public IDnsProvider Watched(WriteWatch watch) => Make(watch.BeforeHttp(_server!.Address));

    public async ValueTask InitializeAsync()
    {
        _server = await WebhookServer.StartAsync(style);
        _server.DomainFilter = $$"""{"include":["{{SubZone}}","{{Zone}}"]}""";
        _server.Seed($"*.wild.{Zone} 300 TXT \"v=STSv1; id=wild;\"");
        _server.Seed($"*.wild.{Zone} 300 A 192.0.2.99");
        _forbidden = await WebhookServer.StartAsync(style);
        _forbidden.OnCall = _ => WebhookFault.Forbidden;
        _provider = Make(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await _server!.DisposeAsync();
        await _forbidden!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public Task SeedAsync(string record)
    {
        _server!.Seed(record);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string name, string type)
    {
        _server!.Remove(name, type);
        return Task.CompletedTask;
    }

    public Task<string[]> LookAsync(string name, string type) => Task.FromResult(_server!.Look(name, type));

    public Task<string> RevisionAsync() => Task.FromResult($"{_server!.Revision}");

    private WebhookProvider Make(Uri address)
    {
        var client = new HttpClient(ProviderHttp.NewHandler(Reach.Anywhere));
        _clients.Add(client);
        var options = new WebhookOptions { Address = address, Zones = [], Timeout = TimeSpan.FromSeconds(10) };
        return new WebhookProvider(options, client, TimeProvider.System, NullLogger<WebhookProvider>.Instance);
    }
}

public sealed class GroupingQuotingWebhook() : WebhookTruth(new WebhookStyle());

public sealed class SplittingPlainWebhook() : WebhookTruth(new WebhookStyle(QuotesTxt: false, OneTargetEach: true));

public sealed class SplittingQuotingWebhook() : WebhookTruth(new WebhookStyle(OneTargetEach: true));

public sealed class WebhookGroupingAndQuotingTests(GroupingQuotingWebhook truth) : DnsProviderConformance, IClassFixture<GroupingQuotingWebhook>
{
    protected override IDnsTruth Truth => truth;
}

public sealed class WebhookSplittingAndPlainTests(SplittingPlainWebhook truth) : DnsProviderConformance, IClassFixture<SplittingPlainWebhook>
{
    protected override IDnsTruth Truth => truth;
}

public sealed class WebhookSplittingAndQuotingTests(SplittingQuotingWebhook truth) : DnsProviderConformance, IClassFixture<SplittingQuotingWebhook>
{
    protected override IDnsTruth Truth => truth;
}
