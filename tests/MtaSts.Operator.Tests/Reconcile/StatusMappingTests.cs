using System.Text.Json.Nodes;
using CsCheck;
using k8s;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Operator.Tests.Reconcile;

public class StatusMappingTests
{
    private static readonly DateTimeOffset Now = Passes.Now;
    private static readonly Gen<TimeSpan?> GenSoak = Gen.Int[-1, 400].Select(days => days < 0 ? (TimeSpan?)null : TimeSpan.FromDays(days));

    [Fact]
    public void A_state_comes_back_from_the_api_server_to_the_tick() =>
        Gen.Select(Passes.GenState, GenSoak).Sample((state, soak) =>
            Assert.Equal(state, StatusMapping.StateOf(ThroughJson(StatusMapping.WithState(null, state, soak)))));

    [Fact]
    public void A_state_replaces_every_trace_of_the_one_before() =>
        Gen.Select(Passes.GenState, Passes.GenState, GenSoak).Sample((before, after, soak) =>
        {
            var status = ThroughJson(StatusMapping.WithState(null, before, soak));

            Assert.Equal(Json(StatusMapping.WithState(null, after, soak)), Json(StatusMapping.WithState(status, after, soak)));
        });

    [Fact]
    public void Writing_a_state_leaves_checks_and_conditions_alone() =>
        Gen.Select(Passes.GenState, Passes.GenOutcome).Sample((state, outcome) =>
        {
            var status = StatusMapping.WithOutcome(new MtaStsPolicyStatus(), outcome, 3, Now);
            var after = StatusMapping.WithState(status, state, null);

            Assert.Same(status.Checks, after.Checks);
            Assert.Same(status.Conditions, after.Conditions);
            Assert.Equal(3, after.ObservedGeneration);
        });

    [Fact]
    public void An_unchanged_outcome_gives_an_equal_status_at_any_later_time() =>
        Gen.Select(Passes.GenState, Passes.GenOutcome, Gen.Long[1, TimeSpan.FromDays(400).Ticks]).Sample((state, outcome, later) =>
        {
            var first = StatusMapping.WithOutcome(StatusMapping.WithState(null, state, null), outcome, 7, Now);
            var read = ThroughJson(first);
            var second = StatusMapping.WithOutcome(StatusMapping.WithState(read, StatusMapping.StateOf(read), null), outcome, 7, Now.AddTicks(later));

            Assert.Equal(Json(first), Json(second));
        });

    [Fact]
    public void No_text_in_a_status_is_empty_or_null() =>
        Gen.Select(Passes.GenState, Passes.GenOutcome, GenSoak).Sample((state, outcome, soak) =>
        {
            var status = StatusMapping.WithOutcome(StatusMapping.WithState(null, state, soak), outcome, 1, Now);

            foreach (var (path, node) in Leaves(JsonNode.Parse(Json(status)), "status"))
            {
                Assert.True(node is not null, $"{path} is null");
                Assert.False(node!.GetValueKind() == System.Text.Json.JsonValueKind.String && node.GetValue<string>().Length == 0, $"{path} is empty");
            }
        });

    [Fact]
    public void Every_reason_in_a_status_is_a_member_of_the_enum() =>
        Gen.Select(Passes.GenState, Passes.GenOutcome).Sample((state, outcome) =>
        {
            var status = StatusMapping.WithOutcome(StatusMapping.WithState(null, state, null), outcome, 1, Now);

            IEnumerable<string?> reasons = [.. (status.Checks ?? []).Where(c => c.Outcome != "Healthy").Select(c => c.Reason), .. status.Conditions!.Select(c => c.Reason), .. (status.History ?? []).Select(t => t.Reason)];
            Assert.All(reasons, r => Assert.True(Enum.IsDefined(Enum.Parse<Reason>(r!))));
        });

    [Fact]
    public void Lists_stay_within_what_the_crd_takes()
    {
        // Judge gives at most eight findings a check: the most that there can be.
        var evidence = Enum.GetValues<Check>().Aggregate(Passes.Healthy(), (e, check) => e.With(
            check, [.. Enumerable.Range(0, 8).Select(i => new Finding.Broken(Reason.MxUnreachable, $"mx{i}.example.com", "down"))]));
        var state = RolloutState.Empty;
        for (var i = 0; i < 40; i++)
        {
            state = state.Enter(Passes.Intent.Stages[i % 3], Reason.SoakElapsed, Now.AddDays(i));
        }

        var status = StatusMapping.WithOutcome(StatusMapping.WithState(null, state, null), Passes.Decided(Passes.Intent, state, evidence), 1, Now);

        Assert.InRange(status.Checks!.Count, 1, 64);
        Assert.Equal(10, status.History!.Count);
        Assert.Equal("enforce", Assert.IsType<TransitionStatus>(status.History[^2]).To);
    }

    [Fact]
    public void ObservedAt_is_the_first_look_with_a_finding()
    {
        var first = Look(new MtaStsPolicyStatus(), Broken("mx1.example.com", "refused"), Now);
        var same = Look(first, Broken("mx1.example.com", "refused"), Now.AddHours(1));
        var other = Look(same, Broken("mx1.example.com", "timed out"), Now.AddHours(2));
        var well = Look(other, new Finding.Healthy(), Now.AddHours(3));

        Assert.Equal(Now, MxTls(same).ObservedAt);
        Assert.Equal(Now.AddHours(2), MxTls(other).ObservedAt);
        Assert.Equal(Now.AddHours(3), MxTls(well).ObservedAt);
        Assert.Equal(Now, well.Checks!.Single(c => c.Name == "PolicyServed").ObservedAt);
    }

    [Fact]
    public void ObservedAt_of_one_host_does_not_depend_on_another_host()
    {
        var first = Look(new MtaStsPolicyStatus(), Broken("mx1.example.com", "refused"), Now);
        var evidence = Passes.Healthy().With(Check.MxTls, Broken("mx0.example.com", "refused"), Broken("mx1.example.com", "refused"));

        var second = StatusMapping.WithOutcome(first, Passes.Decided(Passes.Intent, RolloutState.Empty, evidence), 1, Now.AddHours(1));

        Assert.Equal(
            [("mx0.example.com", Now.AddHours(1)), ("mx1.example.com", Now)],
            second.Checks!.Where(c => c.Name == "MxTls").Select(c => (c.Subject!, c.ObservedAt!.Value)));
    }

    [Fact]
    public void LastTransitionTime_changes_with_the_status_of_the_condition_alone()
    {
        var first = Look(new MtaStsPolicyStatus(), Broken("mx1.example.com", "refused"), Now);
        var otherWords = Look(first, Broken("mx1.example.com", "timed out"), Now.AddHours(1));
        var well = Look(otherWords, new Finding.Healthy(), Now.AddHours(2));

        Assert.Equal((Now, "mx1.example.com: timed out"), (MxHealthy(otherWords).LastTransitionTime, MxHealthy(otherWords).Message));
        Assert.Equal((Now.AddHours(2), "True"), (MxHealthy(well).LastTransitionTime, MxHealthy(well).Status));
    }

    [Fact]
    public void Reconciling_Stalled_and_Degraded_are_there_only_while_they_are_true() =>
        Passes.GenOutcome.Sample(outcome =>
        {
            var conditions = StatusMapping.WithOutcome(new MtaStsPolicyStatus(), outcome, 1, Now).Conditions!;

            Assert.All(conditions.Where(c => c.Type is "Reconciling" or "Stalled" or "Degraded"), c => Assert.Equal("True", c.Status));
            Assert.Equal(8, conditions.Count(c => c.Type is not ("Reconciling" or "Stalled" or "Degraded")));
        });

    [Fact]
    public void A_rejection_keeps_the_domain_and_the_checks_that_were_seen()
    {
        var accepted = Look(new MtaStsPolicyStatus(), Broken("mx1.example.com", "refused"), Now);
        var rejected = StatusMapping.WithOutcome(accepted, new PassOutcome { Rejection = (Reason.ClassNotFound, "no class") }, 2, Now.AddHours(1));

        Assert.Equal("example.com", rejected.Domain);
        Assert.Equal(accepted.Checks, rejected.Checks);
        Assert.Equal("False", rejected.Conditions!.Single(c => c.Type == "Accepted").Status);
    }

    internal static string Json(MtaStsPolicyStatus status) => KubernetesJson.Serialize(status);

    private static MtaStsPolicyStatus ThroughJson(MtaStsPolicyStatus status) => KubernetesJson.Deserialize<MtaStsPolicyStatus>(Json(status));

    private static MtaStsPolicyStatus Look(MtaStsPolicyStatus before, Finding mxTls, DateTimeOffset now) =>
        StatusMapping.WithOutcome(before, Passes.Decided(Passes.Intent, RolloutState.Empty, Passes.Healthy().With(Check.MxTls, mxTls)), 1, now);

    private static Finding.Broken Broken(string host, string message) => new(Reason.MxUnreachable, host, message);

    private static CheckStatus MxTls(MtaStsPolicyStatus status) => status.Checks!.Single(c => c.Name == "MxTls");

    private static Operator.Resources.Condition MxHealthy(MtaStsPolicyStatus status) => status.Conditions!.Single(c => c.Type == "MxHealthy");

    private static IEnumerable<(string Path, JsonNode? Leaf)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject map => map.SelectMany(e => Leaves(e.Value, $"{path}.{e.Key}")),
        JsonArray list => list.SelectMany((e, i) => Leaves(e, $"{path}[{i}]")),
        _ => [(path, node)],
    };
}
