using System.Collections.Immutable;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Kubernetes;
using MtaSts.Operator.Dns;
using MtaSts.Operator.Dns.Endpoint;

namespace MtaSts.Operator.Tests.Dns;

/// <summary>What the endpoint adapter does beyond the conformance suite. In the unwatched namespace the tests play external-dns by hand.</summary>
public sealed class EndpointProviderTests : IClassFixture<EndpointBed>
{
    private const string Id1 = "v=STSv1; id=1;";
    private const string Id2 = "v=STSv1; id=2;";
    private static readonly OwnerIdentity Us = OwnerIdentity.Create("us", "team/example");
    private static readonly string Mark = new OwnerRecord(RecordType.Txt, Us).ToString();

    private readonly EndpointBed _bed;
    private readonly RecordPublisher _publisher = new(NullLogger<RecordPublisher>.Instance);

    public EndpointProviderTests(EndpointBed bed)
    {
        Assert.SkipWhen(EndpointBed.WhyNot is not null, EndpointBed.WhyNot ?? "");
        _bed = bed;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_cluster_without_the_definition_is_told_what_to_install()
    {
        var fault = Assert.IsType<ReadAnswer.Failed>(_bed.WithoutCrd).Fault;
        Assert.Equal((Reason.ApiMissing, false), (fault.Reason, fault.Transient));
        Assert.Contains("install the CustomResourceDefinition of external-dns", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_rights_are_named_with_verb_and_resource()
    {
        var fault = Fault(await Publish(_bed.Make(_bed.Plane.KubeconfigFor(EndpointBed.Powerless)), Sts("rights", Id1)));
        Assert.Equal(Reason.ProviderCredentialsRefused, fault.Reason);
        Assert.Contains("may not get dnsendpoints.externaldns.k8s.io in namespace records", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_named()
    {
        var fault = Fault(await Publish(_bed.Make(space: "nowhere"), Sts("space", Id1)));
        Assert.Equal((Reason.ProviderRefused, false), (fault.Reason, fault.Transient));
        Assert.Contains("nowhere", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_servers_that_do_not_answer_are_no_absence_and_nothing_is_written()
    {
        var record = Sts("silent", Id1);
        var fault = Fault(await Publish(_bed.Make(dnsPort: NamedServer.FreePort()), record));
        Assert.Equal((Reason.DnsLookupFailed, true), (fault.Reason, fault.Transient));
        Assert.Null(await _bed.ObjectAsync(record.Key.Name));
    }

    [Fact]
    public async Task Record_and_mark_are_one_object_that_says_whose_it_is()
    {
        var record = Sts("object", Id1);
        Written(await Publish(_bed.Make(space: EndpointBed.Unwatched), record));
        var item = await _bed.ObjectAsync(record.Key.Name, EndpointBed.Unwatched);
        Assert.Equal("mta-sts-operator", (string?)item!["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
        Assert.Equal("team/example", (string?)item["metadata"]!["annotations"]!["mta-sts.dev/owner"]);
        Assert.Equal(
            [$"_mta-sts.object.example.test TXT 300 [\"{Id1}\"]", $"_mtasts-owner._mta-sts.object.example.test TXT 300 [\"{Mark}\"]"],
            item["spec"]!["endpoints"]!.AsArray().Select(e => $"{e!["dnsName"]} {e["recordType"]} {e["recordTTL"]} [{e["targets"]![0]}]"));
    }

    [Fact]
    public async Task A_value_of_ours_that_the_DNS_still_has_is_ours_and_one_of_somebody_else_is_not()
    {
        var provider = _bed.Make(space: EndpointBed.Unwatched);
        Written(await Publish(provider, Sts("late", Id1)));
        await FollowAsync("late", Id1);
        Written(await Publish(provider, Sts("late", Id2)));
        Assert.IsType<PublishOutcome.InPlace>(Only(await Publish(provider, Sts("late", Id2))));

        await _bed.SeedAsync("_mta-sts.late.example.test 300 TXT \"somebody=1\"");
        var fault = Fault(await Publish(provider, Sts("late", Id2)));
        Assert.Equal((Reason.RecordNotOwned, false), (fault.Reason, fault.Transient));
        Assert.Contains("somebody=1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_is_not_done_before_the_DNS_has_forgotten_the_record()
    {
        var provider = _bed.Make(space: EndpointBed.Unwatched, patience: TimeSpan.Zero);
        var record = Sts("removed", Id1);
        Written(await Publish(provider, record));
        await FollowAsync("removed", Id1);
        for (var round = 0; round < 2; round++)
        {
            var fault = Fault(await _publisher.RemoveAsync(provider, [record], Us, Token));
            Assert.Equal((Reason.RecordPropagating, true), (fault.Reason, fault.Transient));
            Assert.Null(await _bed.ObjectAsync(record.Key.Name, EndpointBed.Unwatched));
        }

        // After a restart nobody knows any more who wrote it.
        var restarted = _bed.Make(space: EndpointBed.Unwatched, patience: TimeSpan.Zero);
        Assert.Equal(Reason.RecordNotOwned, Fault(await _publisher.RemoveAsync(restarted, [record], Us, Token)).Reason);

        await _bed.RemoveAsync(record.Key.Name, "TXT");
        await _bed.RemoveAsync(OwnerRecord.KeyFor(record.Key.Name).Name, "TXT");
        Assert.True(Only(await _publisher.RemoveAsync(restarted, [record], Us, Token)).IsSettled);
    }

    [Fact]
    public async Task A_write_on_what_is_no_longer_there_is_a_conflict()
    {
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_bed.Plane.AdminKubeconfig));
        var options = new EndpointOptions { Namespace = EndpointBed.Unwatched, Zones = [EndpointBed.Zone] };
        var store = new EndpointStore(options, new ServerSideApply(new ApiClient(client), "mta-sts-operator"));
        const string name = "_mta-sts.stale.example.test";
        var first = (await store.ReadAsync(name, Token)).Value!;
        Assert.Null(await store.WriteAsync(first.With(Change(name, Id1)), Token));
        Assert.Equal(Reason.ProviderConflict, (await store.WriteAsync(first.With(Change(name, Id2)), Token))?.Reason); // made meanwhile

        var second = (await store.ReadAsync(name, Token)).Value!;
        Assert.Null(await store.WriteAsync(second.With(Change(name, Id2)), Token));
        Assert.Equal(Reason.ProviderConflict, (await store.WriteAsync(second.With(Change(name, Id1)), Token))?.Reason); // changed meanwhile
        Assert.Equal(Reason.ProviderConflict, (await store.WriteAsync(second with { Sets = ImmutableDictionary<RecordKey, RecordSet>.Empty }, Token))?.Reason);
        Assert.Equal([Id2], (await store.ReadAsync(name, Token)).Value![new RecordKey(name, RecordType.Txt)].Values);
    }

    [Fact]
    public async Task An_object_that_is_not_ours_is_left_alone()
    {
        var record = Sts("foreign", Id1);
        await _bed.Plane.ApplyAsync(
            $"apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata: {{ name: {EndpointObject.ObjectName(record.Key.Name)}, namespace: {EndpointBed.Unwatched} }}\n", Token);
        var fault = Fault(await Publish(_bed.Make(space: EndpointBed.Unwatched), record));
        Assert.Equal((Reason.RecordNotOwned, false), (fault.Reason, fault.Transient));
    }

    private static RecordChange Change(string name, string value) => new(
        new RecordKey(name, RecordType.Txt), 300, ImmutableSortedSet<string>.Empty, ImmutableSortedSet<string>.Empty, [value]);

    private static OwnedRecord Sts(string label, string value) =>
        new(RecordSet.Of($"_mta-sts.{label}.example.test", RecordType.Txt, 300, value), RecordScope.StsTxt);

    private static PublishOutcome Only(PublishReport report) => Assert.Single(report.Outcomes).Value;

    private static ProviderFault Fault(PublishReport report) => Assert.IsType<PublishOutcome.Failed>(Only(report)).Fault;

    private static void Written(PublishReport report) => Assert.IsType<PublishOutcome.Written>(Only(report));

    private async Task FollowAsync(string label, string value)
    {
        await _bed.SeedAsync($"_mta-sts.{label}.example.test 300 TXT \"{value}\"");
        await _bed.SeedAsync($"_mtasts-owner._mta-sts.{label}.example.test 300 TXT \"{Mark}\"");
    }

    private Task<PublishReport> Publish(IDnsProvider provider, OwnedRecord record) => _publisher.PublishAsync(provider, [record], Us, Adoption.Refuse, Token);
}
