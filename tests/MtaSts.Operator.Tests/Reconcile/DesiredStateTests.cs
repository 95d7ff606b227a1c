using CsCheck;
using k8s.Models;
using MtaSts.Core.Desired;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using MtaSts.Core.TlsRpt;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources.Reading;
using MtaSts.Operator.Serving;
using MtaSts.Operator.Tests.Resources;

namespace MtaSts.Operator.Tests.Reconcile;

public class DesiredStateTests
{
    private static readonly TlsRptRecord Rua = TlsRptRecord.TryCreate(["mailto:tls@example.com"], out var record, out var problem)
        ? record
        : throw new InvalidOperationException(problem);

    private static readonly ProviderSettings Provider = ProviderReader.Read(Samples.Provider(Samples.ProviderSpec), "cluster-a").Value!;

    private static readonly RolloutState Served = RolloutState.Empty.Enter(Passes.Intent.Stages[0], MtaSts.Core.Observations.Reason.Started, Passes.Now) with
    {
        Served = Decider.DocumentOf(Passes.Intent, Passes.Intent.Stages[0]),
    };

    private static readonly RolloutState Published = Served with { PublishedId = Served.Served!.Id, PublishedMode = StsMode.Testing, PublishedAt = Passes.Now };

    [Fact]
    public void Nothing_served_wants_nothing()
    {
        var desired = Of(Passes.Intent with { TlsReporting = Rua }, RolloutState.Empty, Ingress("192.0.2.7"));

        Assert.Null(desired.Document);
        Assert.Empty(desired.Host);
        Assert.Empty(desired.Records);
    }

    [Fact]
    public void Served_and_not_published_wants_document_ingress_and_the_hosts_addresses()
    {
        var desired = Of(Passes.Intent with { TlsReporting = Rua }, Served, Ingress("192.0.2.7"));

        Assert.Equal(Served.Served, desired.Document);
        Assert.Equal("Ingress mta-sts/mta-sts-example.com", Assert.Single(desired.Host).ToString());
        Assert.Equal(["mta-sts.example.com A: 192.0.2.7", "mta-sts.example.com AAAA: ", "mta-sts.example.com CNAME: "], Show(desired));
    }

    [Fact]
    public void While_the_ingress_has_no_address_no_host_record_is_wanted() => Assert.Empty(Of(Passes.Intent, Served, null).Records);

    [Fact]
    public void Published_wants_the_id_and_the_report_record()
    {
        var desired = Of(Passes.Intent with { TlsReporting = Rua }, Published, null);

        Assert.Equal(
            [$"_mta-sts.example.com TXT: v=STSv1; id={Published.PublishedId};", "_smtp._tls.example.com TXT: v=TLSRPTv1; rua=mailto:tls@example.com"],
            Show(desired));
        Assert.Equal([RecordScope.StsTxt, RecordScope.TlsRptTxt], desired.Records.Select(r => r.Scope));
        Assert.All(desired.Records, r => Assert.Equal(Provider.TtlSeconds, r.Desired.TtlSeconds));
    }

    [Fact]
    public void A_new_document_is_wanted_while_the_record_still_names_the_old_one()
    {
        var next = Decider.DocumentOf(Passes.Intent, Passes.Intent.Stages[1]);
        var desired = Of(Passes.Intent, Published with { Served = next }, null);

        Assert.Equal(next, desired.Document);
        Assert.Contains($"_mta-sts.example.com TXT: v=STSv1; id={Published.PublishedId};", Show(desired));
    }

    [Fact]
    public void Without_rua_the_report_record_shall_go() =>
        Assert.Contains("_smtp._tls.example.com TXT: ", Show(Of(Passes.Intent with { TlsReporting = null }, Published, null)));

    [Fact]
    public void A_class_without_ingress_gets_none()
    {
        var settings = Samples.Settings with { Serving = Samples.Settings.Serving with { Exposure = new Exposure.None() } };

        Assert.Empty(DesiredState.Of(Passes.Intent, Served, settings, Provider, "team-a/p", HostTargets.Unknown).Host);
    }

    [Fact]
    public void The_policy_host_gets_an_address_of_each_family()
    {
        var targets = new HostTargets(["192.0.2.9", "2001:db8::9"], null);

        var desired = DesiredState.Of(Passes.Intent, Served, Samples.Settings, Provider, "team-a/p", targets);

        Assert.Equal(["mta-sts.example.com A: 192.0.2.9", "mta-sts.example.com AAAA: 2001:db8::9", "mta-sts.example.com CNAME: "], Show(desired));
    }

    [Fact]
    public void Whatever_may_be_wanted_is_removed_and_watched()
    {
        var targets = new HostTargets(["192.0.2.9"], null);
        var wanted = DesiredState.Of(Passes.Intent with { TlsReporting = Rua }, Published, Samples.Settings, Provider, "team-a/p", targets).Records;
        var removed = DesiredState.Removal(Passes.Intent.Domain, delegation: null);
        var watched = DesiredState.KeysToWatch(Passes.Intent.Domain, delegation: null);

        Assert.All(wanted, r => Assert.Contains(removed, gone => gone.Key == r.Key && gone.Scope == r.Scope));
        Assert.All(removed, r => Assert.Empty(r.Desired.Values));
        Assert.All(wanted, r => Assert.Contains(r.Key, watched));
        Assert.All(wanted, r => Assert.Contains(OwnerRecord.KeyFor(r.Key.Name), watched));
    }

    [Fact]
    public void The_record_by_which_senders_find_the_policy_goes_first() =>
        Assert.Equal("_mta-sts.example.com", DesiredState.Removal(Passes.Intent.Domain, delegation: null)[0].Key.Name);

    private static readonly ProviderSettings Delegated =
        ProviderReader.Read(Samples.Provider(Samples.ProviderSpec with { CnameTarget = "sts.platform.example" }), "cluster-a").Value!;

    [Fact]
    public void Below_a_cnameTarget_the_same_records_are_wanted_and_nothing_else_of_the_domain_changes()
    {
        var intent = Passes.Intent with { TlsReporting = Rua, Delegation = Delegated.Delegation };
        var here = Of(Passes.Intent with { TlsReporting = Rua }, Published, Ingress("192.0.2.7"));
        var there = DesiredState.Of(intent, Published, Samples.Settings, Delegated, "team-a/p", HostView.TargetsOf(Ingress("192.0.2.7")));

        Assert.Equal(Show(here), Show(there).Select(r => r.Replace(".sts.platform.example", "", StringComparison.Ordinal)));
        Assert.All(there.Records, r => Assert.EndsWith(".example.com.sts.platform.example", r.Key.Name, StringComparison.Ordinal));
        Assert.Equal(here.Records.Select(r => r.Scope), there.Records.Select(r => r.Scope));
        Assert.All(there.Records, r => Assert.Equal(Delegated.TtlSeconds, r.Desired.TtlSeconds));
        Assert.Equal(here.Document, there.Document);
        Assert.Equal(here.Shard, there.Shard);
        Assert.Equal(here.Host.Select(h => h.Body.ToJsonString()), there.Host.Select(h => h.Body.ToJsonString()));
    }

    // Whatever a domain's state: what is written, watched and taken away is below the suffix, and below no other domain's places.
    [Fact]
    public void Nothing_of_a_delegated_domain_is_ever_wanted_outside_its_own_places() =>
        Passes.GenState.Sample(state =>
        {
            var intent = Passes.Intent with { TlsReporting = Rua, Delegation = Delegated.Delegation };
            var wanted = DesiredState.Of(intent, state, Samples.Settings, Delegated, "team-a/p", HostView.TargetsOf(Ingress("192.0.2.7"))).Records;
            var keys = wanted.Concat(DesiredState.OfRemoval(intent.Domain, Samples.Settings, Delegated).Records).Select(r => r.Key)
                .Concat(DesiredState.KeysToWatch(intent.Domain, Delegated.Delegation));

            Assert.All(keys, key => Assert.EndsWith(".example.com.sts.platform.example", key.Name, StringComparison.Ordinal));
            Assert.All(RecordPlanner.KeysToRead(wanted), key => Assert.EndsWith(".example.com.sts.platform.example", key.Name, StringComparison.Ordinal));
        });

    private static DesiredState Of(Intent intent, RolloutState state, V1Ingress? ingress) =>
        DesiredState.Of(intent, state, Samples.Settings, Provider, "team-a/p", HostView.TargetsOf(ingress));

    private static IEnumerable<string> Show(DesiredState desired) => desired.Records.Select(r => $"{r.Key}: {string.Join(",", r.Desired.Values)}");

    private static V1Ingress Ingress(string address) => new()
    {
        Status = new V1IngressStatus { LoadBalancer = new V1IngressLoadBalancerStatus { Ingress = [new V1IngressLoadBalancerIngress { Ip = address }] } },
    };
}
