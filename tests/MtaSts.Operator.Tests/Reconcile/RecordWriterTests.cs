using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Endpoint;
using MtaSts.Operator.Probes;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Telemetry;
using MtaSts.Operator.Tests.Tenancy;

namespace MtaSts.Operator.Tests.Reconcile;

[Collection(Telemetry.ProcessMeters.Name)]
public sealed class RecordWriterTests
{
    [Fact]
    public async Task A_provider_whose_secret_is_missing_counts_as_one_that_does_not_take_changes()
    {
        await using var world = await ListedCluster.OfAsync();
        var writing = new ServerSideApply(world.Api, "test");
        using var names = new DnsProbe(new ProbeOptions(), TimeProvider.System);
        using var adapters = new DnsAdapters(NullLoggerFactory.Instance, TimeProvider.System, new EndpointSurroundings(writing, "mta-sts", names));
        using var meters = Telemetry.Instrument.NewFactory();
        using var readings = new Telemetry.Readings(meters, "mtasts.provider.publishes");
        var writer = new RecordWriter(
            new Providers(new SecretEntries(world.Cluster, writing), adapters, TimeProvider.System),
            new RecordPublisher(NullLogger<RecordPublisher>.Instance),
            new ProviderBook(TimeProvider.System),
            new OperatorMetrics(meters, Telemetry.Samples.Sources()));

        var (problems, _) = await writer.ApplyAsync(
            Tenants.Settings("team-a"), DesiredState.Removal(Passes.Intent.Domain, delegation: null), "team-a/p", Adoption.Refuse, TestContext.Current.CancellationToken);

        Assert.Equal(Reason.ProviderCredentialsRefused, Assert.Single(problems).Reason);
        Assert.Equal(["mtasts.provider.publishes{provider=team-a/own,reason=ProviderCredentialsRefused} 1"], readings.Take());
    }
}
