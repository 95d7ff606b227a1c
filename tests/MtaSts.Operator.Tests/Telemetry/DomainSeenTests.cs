using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;
using MtaSts.Operator.Tests.Reconcile;

namespace MtaSts.Operator.Tests.Telemetry;

public sealed class DomainSeenTests
{
    private static readonly DateTimeOffset Now = Passes.Now;

    private static readonly Finding Timeout = new Finding.Unknown(Reason.EgressBlocked, "mx1", "no answer");
    private static readonly Finding Expired = new Finding.Broken(Reason.CertificateExpired, "mx2", "expired");

    [Fact]
    public void A_look_at_which_all_checks_answered_is_an_answer_whatever_they_said()
    {
        var seen = Look(Passes.Healthy().With(Check.MxTls, Expired).With(Check.TxtRecord, new Finding.Broken(Reason.RecordMissing, "", "")));

        Assert.Equal(Now, seen.AnsweredAt);
    }

    [Fact]
    public void A_broken_check_does_not_hide_that_another_or_a_part_of_it_has_no_answer()
    {
        var before = Look(Passes.Healthy(), now: Now.AddHours(-7));

        Assert.Equal(Now.AddHours(-7), Look(Passes.Healthy().With(Check.PolicyServed, Expired).With(Check.MxTls, Timeout), before: before).AnsweredAt);
        Assert.Equal(Now.AddHours(-7), Look(Passes.Healthy().With(Check.MxTls, Expired, Timeout), before: before).AnsweredAt);
    }

    [Theory]
    [InlineData(Check.TxtRecord, Reason.RecordNotPublishedYet)]
    [InlineData(Check.PolicyServed, Reason.PolicyNotServedYet)]
    [InlineData(Check.MxTls, Reason.MxMissing)]
    [InlineData(Check.MxTls, Reason.MxNull)]
    public void What_there_is_nothing_to_ask_about_is_not_without_an_answer(Check check, Reason reason) =>
        Assert.Equal(Now, Look(Passes.Healthy().With(check, new Finding.Unknown(reason, "", "")), before: Look(Passes.Healthy(), now: Now.AddHours(-7))).AnsweredAt);

    [Fact]
    public void No_certificate_is_seen_where_the_policy_host_is_broken_and_that_is_an_answer()
    {
        var before = Look(Passes.Healthy(), now: Now.AddHours(-7));
        var unseen = Passes.Healthy().With(Check.CertificateLifetime, new Finding.Unknown(Reason.NotObservedYet, "", ""));

        Assert.Equal(Now.AddHours(-7), Look(unseen, before: before).AnsweredAt);
        Assert.Equal(Now, Look(unseen.With(Check.PolicyServed, new Finding.Broken(Reason.PolicyHostUnreachable, "", "")), before: before).AnsweredAt);
    }

    [Fact]
    public void A_process_that_has_just_begun_goes_on_from_the_moments_in_the_status()
    {
        CheckStatus[] stored =
        [
            Stored(Check.PolicyServed, "Healthy", TimeSpan.FromDays(40)), Stored(Check.TxtRecord, "Unknown", TimeSpan.FromDays(30)),
            Stored(Check.MxTls, "Broken", TimeSpan.FromHours(50)), Stored(Check.MxTls, "Unknown", TimeSpan.FromHours(9)),
        ];
        var seen = Look(Passes.Healthy().With(Check.MxTls, Expired, Timeout), stored);

        Assert.Equal(Now.AddHours(-9), seen.AnsweredAt);
        Assert.Equal(Now.AddHours(-50), seen.HeldSince);
    }

    [Fact]
    public void What_the_status_says_of_a_check_that_is_well_now_counts_no_more()
    {
        var seen = Look(Passes.Healthy().With(Check.MxTls, Timeout), [Stored(Check.TxtRecord, "Unknown", TimeSpan.FromDays(3))]);

        Assert.Equal((Now, Now), (seen.AnsweredAt, seen.HeldSince));
    }

    [Fact]
    public void A_domain_is_held_for_as_long_as_it_was_without_a_break_in_its_stage()
    {
        var first = Look(Passes.Healthy().With(Check.MxTls, Timeout), now: Now.AddHours(-30));
        var second = Look(Passes.Healthy().With(Check.TxtRecord, Expired), now: Now.AddHours(-10), before: first);

        Assert.Equal(Now.AddHours(-30), second.HeldSince);
        Assert.Null(Look(Passes.Healthy(), before: second).HeldSince);
        Assert.Equal(Now, Look(Passes.Healthy().With(Check.MxTls, Timeout), before: second, stage: "enforce-1d").HeldSince);
    }

    [Fact]
    public void A_check_that_was_unwell_before_the_stage_began_holds_it_from_its_beginning() => Assert.Equal(
        Now.AddHours(-5),
        Look(Passes.Healthy().With(Check.MxTls, Expired), [Stored(Check.MxTls, "Broken", TimeSpan.FromDays(9))], enteredAt: Now.AddHours(-5)).HeldSince);

    private static CheckStatus Stored(Check check, string outcome, TimeSpan ago) => new() { Name = check.ToString(), Outcome = outcome, ObservedAt = Now - ago };

    private static DomainSeen Look(
        Evidence evidence, IReadOnlyList<CheckStatus>? stored = null, DateTimeOffset? now = null, DomainSeen? before = null, string stage = "testing", DateTimeOffset? enteredAt = null)
    {
        var worst = evidence.Worst(Evidence.Soaked);
        var decision = new Decision
        {
            Next = RolloutState.Empty with { Stage = stage, StageEnteredAt = enteredAt ?? Now.AddDays(-60) },
            Transitions = [],
            LookAgain = Passes.Intent.Interval,
            Waiting = worst is Finding.Healthy ? new Finding.Unknown(Reason.Soaking, stage, "") : worst,
        };
        return DomainSeen.Of(Passes.Intent, "default", Nothing, evidence, decision, stored, now ?? Now, before);
    }

    private static Observed Nothing => new()
    {
        At = Now,
        Policy = new PolicyView(Passes.Intent.Domain.PolicyHost, [], []),
        StsTxt = new DnsView("", [], []),
        TlsRptTxt = new DnsView("", [], []),
        Mx = new MxView(new DnsView("", [], []), [], IsNullMx: false, EgressBlocked: false),
        Records = ImmutableDictionary<RecordKey, DnsView>.Empty,
    };
}
