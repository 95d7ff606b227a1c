using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Core.Tests.Rollout;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Core.Tests.Status;

public class StatusProjectionTests
{
    private static readonly DateTimeOffset T0 = Scene.Start;
    private static readonly Intent Intent = Scene.Intent();
    private static readonly RolloutState Published = Scene.PublishedIn(Intent, "testing", T0);
    private static readonly RolloutState Served = Published with { PublishedId = null, PublishedMode = null, PublishedAt = null };
    private static readonly RolloutState Replacing = Published with { Served = Decider.DocumentOf(Intent, Intent.Stages[1]) };

    private static readonly RolloutState Enforced = Scene.PublishedIn(Intent, "enforce", T0);
    private static readonly RolloutState Retiring = Served with
    {
        Stage = Stage.NoPolicy.Name,
        Served = Decider.DocumentOf(Intent, Stage.NoPolicy),
        PublishedId = Decider.DocumentOf(Intent, Stage.NoPolicy).Id,
        PublishedMode = StsMode.None,
    };

    private static readonly Finding Soaking = Unknown(Reason.Soaking);

    // Every row of the decision table, in its order; then what comes between two rows.
    private static readonly Dictionary<string, (PassOutcome Outcome, string Ready)> Rows = new()
    {
        ["not accepted"] = (new() { Rejection = (Reason.ClassNotFound, "no such class") }, "False ClassNotFound Stalled"),
        ["claimed by an older resource"] = (new() { ClaimedBy = "team-b/q", Intent = Intent }, "False DomainClaimedByOther Stalled"),
        ["records refused"] = (Of(Published, Soaking) with { DnsProblems = [Problem(Reason.ProviderRefused, true)] }, "False ProviderRefused Stalled"),
        ["provider away"] = (Of(Published, Soaking) with { DnsProblems = [Problem(Reason.ProviderUnavailable, false)] }, "False ProviderUnavailable Reconciling"),
        ["objects not written"] = (Of(Published, Soaking) with { ServingProblems = [Problem(Reason.ApplyFailed, false)] }, "False ApplyFailed Reconciling"),
        ["two problems, one for somebody"] = (
            Of(Published, Soaking) with { ServingProblems = [Problem(Reason.ApplyFailed, false)], DnsProblems = [Problem(Reason.ZoneNotFound, true)] },
            "False ZoneNotFound Stalled"),
        ["nothing published, a foreign record"] = (Of(RolloutState.Empty, Broken(Reason.RecordNotOwned)), "False RecordNotOwned Stalled"),
        ["nothing published, live elsewhere"] = (Of(RolloutState.Empty, Broken(Reason.LiveElsewhere)), "False LiveElsewhere Stalled"),
        ["nothing published, a gate is broken"] = (Of(Served, Broken(Reason.PolicyCertificateUntrusted)), "False PolicyCertificateUntrusted"),
        ["first publication, a gate is not known"] = (Of(Served, Unknown(Reason.PolicyPropagating)), "False PolicyPropagating Reconciling"),
        ["first publication, just begun"] = (Of(Served, null), "False Publishing Reconciling"),
        ["a check is broken"] = (Of(Published, Broken(Reason.MxUnreachable), (Check.MxTls, Broken(Reason.MxUnreachable))), "False MxUnreachable"),
        ["a check is broken while another document spreads"] = (
            Of(Replacing, Unknown(Reason.PolicyPropagating), (Check.MxTls, Broken(Reason.MxUnreachable))), "False MxUnreachable"),
        ["another document is spreading"] = (Of(Replacing, Unknown(Reason.PolicyPropagating)), "True Publishing Reconciling"),
        ["a move has just happened"] = (Of(Published, null), "True Publishing Reconciling"),
        ["the id was just given out"] = (Of(Published, Unknown(Reason.Publishing)), "True Publishing Reconciling"),
        ["a check has no answer"] = (
            Of(Published, Unknown(Reason.EgressBlocked), (Check.MxTls, Unknown(Reason.EgressBlocked))), "True ChecksUnknown"),
        ["the record is spreading"] = (
            Of(Published, Unknown(Reason.RecordPropagating), (Check.TxtRecord, Unknown(Reason.RecordPropagating))), "True ChecksUnknown Reconciling"),
        ["soaking"] = (Of(Published, Soaking), "True Soaking"),
        ["paused"] = (Of(Published, Unknown(Reason.Paused)), "True Paused"),
        ["approval is missing"] = (Of(Published, Unknown(Reason.ApprovalMissing)), "True ApprovalMissing"),
        ["target reached"] = (Of(Published, Unknown(Reason.TargetReached)), "True TargetReached"),
        ["being taken down"] = (Of(Retiring, Unknown(Reason.Retiring)), "True Retiring"),
        ["mode none is spreading"] = (
            Of(Retiring, Unknown(Reason.RecordPropagating), (Check.TxtRecord, Unknown(Reason.RecordPropagating))), "True ChecksUnknown Reconciling"),
        ["taken down just now"] = (Of(Retiring.Withdraw(Reason.Retired, T0), null), "True Retired Reconciling"),
        ["taken down"] = (Of(Retiring.Withdraw(Reason.Retired, T0), Unknown(Reason.TargetReached)), "True TargetReached"),
        ["a window is shut"] = (Of(Published, Unknown(Reason.WindowClosed)), "True WindowClosed"),
        ["the class is frozen"] = (Of(Published, Unknown(Reason.PromotionsFrozen)), "True PromotionsFrozen"),
        ["the wave is full"] = (Of(Published, Unknown(Reason.WaveIsFull)), "True WaveIsFull"),
        ["the fleet is unhealthy"] = (Of(Published, Unknown(Reason.FleetUnhealthy)), "True FleetUnhealthy"),
        ["what is to be adopted is not known"] = (Of(RolloutState.Empty, Unknown(Reason.LivePolicyUnknown)), "False LivePolicyUnknown Reconciling"),
        ["nothing is wanted and nothing is there"] = (Of(RolloutState.Empty, Unknown(Reason.TargetReached)), "True TargetReached"),
    };

    private static readonly Gen<Finding> GenFinding =
        from kind in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2)))
        from reason in OneOf(Enum.GetValues<Reason>())
        from subject in OneOf("mx1.example.com", "mta-sts.example.com", "ns1")
        select kind switch
        {
            0 => new Finding.Healthy(),
            1 => new Finding.Broken(reason, subject, "is broken"),
            _ => (Finding)new Finding.Unknown(reason, subject, "is not known"),
        };

    private static readonly Gen<PassOutcome> GenOutcome =
        from findings in GenFinding.Array[6]
        from state in OneOf(RolloutState.Empty, Served, Published, Replacing, Enforced, Retiring, Retiring.Withdraw(Reason.Retired, T0))
        from owner in OneOf(Enum.GetValues<LiveOwner>())
        from target in OneOf(Enum.GetValues<TargetMode>())
        from paused in Gen.Bool
        from hours in Gen.Int[0, 1000]
        from problem in Gen.Int[0, 8]
        select Decided(findings, state, owner, Intent with { Target = target, Paused = paused }, T0.AddHours(hours)) with
        {
            DnsProblems = problem is 1 or 2 ? [Problem(Reason.ProviderUnavailable, problem == 1)] : [],
            ServingProblems = problem is 2 or 3 ? [Problem(Reason.ApplyFailed, problem == 3)] : [],
        };

    public static TheoryData<string> RowNames => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(RowNames))]
    public void Ready_follows_the_decision_table(string row)
    {
        var conditions = StatusProjection.Conditions(Rows[row].Outcome);

        var shown = conditions.Where(c => c.Type is ConditionType.Reconciling or ConditionType.Stalled && c.Status == ConditionStatus.True).Select(c => c.Type.ToString());
        var ready = conditions[0];
        Assert.Equal(Rows[row].Ready, string.Join(' ', [ready.Status.ToString(), ready.Reason.ToString(), .. shown]));
    }

    [Fact]
    public void There_is_one_condition_of_each_type_in_the_order_of_the_enum()
    {
        foreach (var (outcome, _) in Rows.Values)
        {
            Assert.Equal(Enum.GetValues<ConditionType>(), StatusProjection.Conditions(outcome).Select(c => c.Type));
        }

        GenOutcome.Sample(outcome => StatusProjection.Conditions(outcome).Select(c => c.Type).SequenceEqual(Enum.GetValues<ConditionType>()));
    }

    [Fact]
    public void Reconciling_and_Stalled_are_never_true_together() => GenOutcome.Sample(outcome =>
        StatusProjection.Conditions(outcome).Count(c => c.Type is ConditionType.Reconciling or ConditionType.Stalled && c.Status == ConditionStatus.True) <= 1);

    [Fact]
    public void A_condition_that_is_shown_says_something() => GenOutcome.Sample(outcome =>
        Assert.All(
            StatusProjection.Conditions(outcome).Where(c => c.Status == ConditionStatus.True || c.Type is not (ConditionType.Reconciling or ConditionType.Stalled or ConditionType.Degraded)),
            c => Assert.NotEqual("", c.Message)));

    // A message with a time or a count in it would be written at every look.
    [Fact]
    public void Time_alone_changes_no_word_of_a_soak()
    {
        var state = Decider.Decide(Intent, Published, Scene.Healthy(), T0).Next;
        PassOutcome At(DateTimeOffset now) =>
            new() { Intent = Intent, Evidence = Scene.Healthy(), Decision = Decider.Decide(Intent, state, Scene.Healthy(), now) };

        Assert.Equal(StatusProjection.Conditions(At(T0.AddMinutes(5))), StatusProjection.Conditions(At(T0.AddMinutes(10))));
    }

    [Fact]
    public void A_stalled_or_reconciling_condition_repeats_why_it_is_not_ready()
    {
        var conditions = StatusProjection.Conditions(Rows["records refused"].Outcome);

        Assert.Equal((conditions[0].Reason, conditions[0].Message), (conditions[2].Reason, conditions[2].Message));
    }

    [Theory]
    [InlineData(Check.PolicyServed, ConditionType.PolicyServed)]
    [InlineData(Check.CertificateLifetime, ConditionType.CertificateReady)]
    [InlineData(Check.TxtRecord, ConditionType.DnsPublished)]
    [InlineData(Check.TlsRptRecord, ConditionType.DnsPublished)]
    [InlineData(Check.MxCoverage, ConditionType.MxHealthy)]
    [InlineData(Check.MxTls, ConditionType.MxHealthy)]
    public void A_check_speaks_in_its_own_condition_and_in_no_other(Check check, ConditionType type)
    {
        foreach (var (finding, status) in new[] { (Broken(Reason.MxTimedOut), ConditionStatus.False), (Unknown(Reason.MxTimedOut), ConditionStatus.Unknown) })
        {
            var conditions = StatusProjection.Conditions(Of(Published, finding, (check, finding))).Skip(5).SkipLast(2);

            Assert.All(conditions, c => Assert.Equal(c.Type == type ? status : ConditionStatus.True, c.Status));
        }
    }

    [Theory]
    [InlineData(Reason.PolicyCertificateUntrusted, ConditionStatus.False)]
    [InlineData(Reason.PolicyCertificateExpired, ConditionStatus.False)]
    [InlineData(Reason.PolicyCertificateNameMismatch, ConditionStatus.False)]
    [InlineData(Reason.PolicyHostTlsFailed, ConditionStatus.False)]
    [InlineData(Reason.PolicyHttpStatus, ConditionStatus.True)]
    public void A_fetch_that_failed_for_its_certificate_makes_the_certificate_not_ready(Reason reason, ConditionStatus status) =>
        Assert.Equal(status, StatusProjection.Conditions(Of(Served, Broken(reason), (Check.PolicyServed, Broken(reason)))).Single(c => c.Type == ConditionType.CertificateReady).Status);

    // The alarm is for enforced domains: there, and only there, senders refuse.
    [Theory]
    [InlineData("enforce", Check.MxTls, true, true)]
    [InlineData("enforce", Check.PolicyServed, true, true)]
    [InlineData("enforce", Check.MxTls, false, false)]
    [InlineData("testing", Check.MxTls, true, false)]
    public void Degraded_is_true_while_an_enforced_domain_has_a_broken_check(string stage, Check check, bool broken, bool degraded)
    {
        var finding = broken ? Broken(Reason.MxTimedOut) : Unknown(Reason.MxTimedOut);

        var condition = Degraded(Of(stage == "enforce" ? Enforced : Published, finding, (check, finding)));

        Assert.Equal(degraded ? ConditionStatus.True : ConditionStatus.False, condition.Status);
        Assert.True(!degraded || condition.Reason == Reason.MxTimedOut);
    }

    [Fact]
    public void Degraded_says_what_follows()
    {
        var outcome = Of(Enforced, Soaking, (Check.MxTls, Broken(Reason.CertificateExpired)));
        Assert.Contains("stays enforced", Degraded(outcome).Message, StringComparison.Ordinal);

        var stepping = outcome.Decision! with { Next = Enforced with { Regression = new(T0, T0, 1) } };
        Assert.Contains("3 such looks over 1h", Degraded(outcome with { Decision = stepping }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Degraded_is_seen_until_the_record_names_another_mode() => Assert.Equal(
        ConditionStatus.True,
        Degraded(Of(Enforced with { Served = Published.Served }, Unknown(Reason.PolicyPropagating), (Check.MxTls, Broken(Reason.CertificateExpired)))).Status);

    [Fact]
    public void A_resource_that_is_refused_raises_no_alarm() =>
        Assert.Equal(ConditionStatus.False, Degraded(new() { Rejection = (Reason.ClassNotFound, "no such class") }).Status);

    [Theory]
    [InlineData(Reason.Retiring, ConditionStatus.False)]
    [InlineData(Reason.WindowClosed, ConditionStatus.False)]
    [InlineData(Reason.PromotionsFrozen, ConditionStatus.False)]
    [InlineData(Reason.WaveIsFull, ConditionStatus.False)]
    [InlineData(Reason.FleetUnhealthy, ConditionStatus.False)]
    [InlineData(Reason.Soaking, ConditionStatus.True)]
    public void Progressing_is_false_with_its_reason_at_rest(Reason reason, ConditionStatus status)
    {
        var condition = StatusProjection.Conditions(Of(Published, Unknown(reason))).Single(c => c.Type == ConditionType.Progressing);

        Assert.Equal((status, reason), (condition.Status, condition.Reason));
    }

    [Fact]
    public void A_pattern_that_is_kept_is_named()
    {
        var outcome = Of(Published, Soaking);
        var state = outcome.Decision!.Next with { KeptMx = [new(MxPattern.Parse("mx9.example.com"), Reason.MxInUse, null, 300)] };
        outcome = outcome with { Decision = outcome.Decision with { Next = state } };

        Assert.Contains("mx9.example.com", StatusProjection.Conditions(outcome)[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_that_was_accepted_and_not_run_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => StatusProjection.Conditions(new PassOutcome { Intent = Intent }));

    private static Condition Degraded(PassOutcome outcome) => StatusProjection.Conditions(outcome).Single(c => c.Type == ConditionType.Degraded);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static PassOutcome Of(RolloutState state, Finding? waiting, params (Check Check, Finding Finding)[] findings) => new()
    {
        Intent = Intent,
        Evidence = findings.Aggregate(Scene.Healthy(), (e, f) => e.With(f.Check, f.Finding)),
        Decision = new Decision { Next = state, Transitions = [], Waiting = waiting, LookAgain = Scene.Interval },
    };

    private static PassOutcome Decided(Finding[] findings, RolloutState state, LiveOwner owner, Intent intent, DateTimeOffset now)
    {
        var evidence = Scene.Healthy() with { Checks = [.. findings.Select((f, i) => new CheckResult((Check)i, f))], Owner = owner };
        return new() { Intent = intent, Evidence = evidence, Decision = Decider.Decide(intent, state, evidence, now) };
    }

    private static Finding Broken(Reason reason) => Scene.Broken(reason);

    private static Finding Unknown(Reason reason) => Scene.Unknown(reason);

    private static ApplyProblem Problem(Reason reason, bool needsSomebody) => new(reason, "_mta-sts.example.com TXT", "was not written", needsSomebody);
}
