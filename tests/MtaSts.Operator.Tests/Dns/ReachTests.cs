using System.Net;
using System.Net.Sockets;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Core.Observations;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Endpoint;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Tests.Tenancy;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>A provider of a namespace is no way into the cluster: nothing connects to an address that its class does not give.</summary>
public sealed class ReachTests : IDisposable
{
    private readonly TcpListener _inner = new(IPAddress.Loopback, 0);
    private readonly k8s.Kubernetes _nobody = new(new KubernetesClientConfiguration { Host = "http://api.invalid" });
    private readonly DnsProbe _probe = new(new ProbeOptions(), TimeProvider.System);
    private readonly DnsAdapters _adapters;

    public ReachTests()
    {
        _inner.Start();
        _adapters = new DnsAdapters(
            NullLoggerFactory.Instance, TimeProvider.System, new EndpointSurroundings(new ServerSideApply(new ApiClient(_nobody), "test"), "mta-sts", _probe));
    }

    private int Port => ((IPEndPoint)_inner.LocalEndpoint).Port;

    public static TheoryData<string, string> Places => new()
    {
        { "rfc2136", "127.0.0.1" },
        { "rfc2136", "localhost" },
        { "rfc2136", "[::ffff:127.0.0.1]" },
        { "powerDns", "127.0.0.1" },
        { "powerDns", "localhost" },
        { "powerDns", "2130706433" },
        { "powerDns", "[::ffff:7f00:1]" },
        { "externalDnsWebhook", "127.0.0.1" },
        { "externalDnsWebhook", "localhost" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Nothing_connects_to_an_inner_address(string backend, string host)
    {
        var fault = await FaultOfAsync(backend, host, Reach.PublicAnd([]));

        Assert.Equal((Reason.AddressRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("is at no address that the class lets a provider of a namespace use", fault.Message, StringComparison.Ordinal);
        Assert.False(_inner.Pending(), "somebody has connected");
    }

    [Theory]
    [InlineData("rfc2136")]
    [InlineData("powerDns")]
    [InlineData("externalDnsWebhook")]
    public async Task Where_the_class_gives_the_network_it_is_connected_to(string backend)
    {
        var fault = await FaultOfAsync(backend, "127.0.0.1", Reach.PublicAnd([IPNetwork.Parse("127.0.0.0/8")]));

        Assert.Equal(Reason.ProviderUnavailable, fault.Reason); // nobody answers there
        Assert.True(_inner.Pending(), "nobody has connected");
    }

    public void Dispose()
    {
        _inner.Dispose();
        _adapters.Dispose();
        _probe.Dispose();
        _nobody.Dispose();
    }

    private async Task<ProviderFault> FaultOfAsync(string backend, string host, Reach reach)
    {
        var place = $"{host}:{Port}";
        var url = new Uri($"http://{place}/").ToString().Replace("/127.0.0.1:", host == "2130706433" ? "/2130706433:" : "/127.0.0.1:", StringComparison.Ordinal);
        var spec = backend switch
        {
            "rfc2136" => new DnsProviderSpec { Rfc2136 = new Rfc2136Spec { Server = place, Timeout = "1s" } },
            "powerDns" => new DnsProviderSpec { PowerDns = new PowerDnsSpec { Url = url, ApiKeySecretRef = new SecretKeyReference { Name = "key" }, Timeout = "1s" } },
            _ => new DnsProviderSpec { ExternalDnsWebhook = new ExternalDnsWebhookSpec { Url = url, Timeout = "1s" } },
        };
        var reading = ProviderReader.Read(Tenants.Own("team-a", spec with { Zones = ["example.com"] }), "cluster-a");
        Assert.True(reading.IsValid, FieldProblem.Join(reading.Problems));
        var adapter = _adapters.Create(reading.Value with { Reach = reach }, "secret", out var problem);
        Assert.True(adapter is not null, problem);
        var zone = await adapter.FindZoneAsync("_mta-sts.example.com", TestContext.Current.CancellationToken);
        if (zone is ZoneAnswer.Failed failed)
        {
            return failed.Fault;
        }

        var read = await adapter.ReadAsync(((ZoneAnswer.Found)zone).Zone, [new("_mta-sts.example.com", Core.Desired.RecordType.Txt)], TestContext.Current.CancellationToken);
        return Assert.IsType<ReadAnswer.Failed>(read).Fault;
    }
}
