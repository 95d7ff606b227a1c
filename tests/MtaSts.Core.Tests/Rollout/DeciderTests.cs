using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;

namespace MtaSts.Core.Tests.Rollout;

public class DeciderTests
{
    private static readonly DateTimeOffset T0 = Scene.Start;

    [Fact]
    public void The_first_look_serves_the_first_stage_and_names_no_id()
    {
        var decision = Decider.Decide(Scene.Intent(), RolloutState.Empty, Scene.Healthy(), T0);

        Assert.Equal("testing", decision.Next.Stage);
        Assert.Equal(StsMode.Testing, decision.Next.Served!.Policy.Mode);
        Assert.Null(decision.Next.PublishedId);
        Assert.Equal(Reason.Started, Assert.Single(decision.Transitions).Reason);
    }

    [Theory]
    [InlineData(Check.PolicyServed)]
    [InlineData(Check.CertificateLifetime)]
    [InlineData(Check.MxCoverage)]
    public void The_first_id_waits_for(Check check)
    {
        var intent = Scene.Intent();
        var served = Decider.Decide(intent, RolloutState.Empty, Scene.Healthy(), T0).Next;

        Assert.Null(Decider.Decide(intent, served, Scene.Healthy().With(check, Scene.Broken()), T0).Next.PublishedId);
        Assert.Null(Decider.Decide(intent, served, Scene.Healthy().With(check, Scene.Unknown()), T0).Next.PublishedId);
        Assert.Equal(served.Served!.Id, Decider.Decide(intent, served, Scene.Healthy(), T0).Next.PublishedId);
    }

    [Fact]
    public void Nothing_is_served_while_a_live_mx_is_outside_the_policy()
    {
        var decision = Decider.Decide(Scene.Intent(), RolloutState.Empty, Scene.Healthy().With(Check.MxCoverage, Scene.Broken(Reason.MxNotCovered)), T0);

        Assert.Null(decision.Next.Served);
        Assert.Equal(Reason.MxNotCovered, Assert.IsType<Finding.Broken>(decision.Waiting).Reason);
    }

    [Theory]
    [InlineData(LiveOwner.Other, Adoption.Refuse, null, false)]
    [InlineData(LiveOwner.Other, Adoption.Adopt, null, false)]
    [InlineData(LiveOwner.Other, Adoption.Adopt, StsMode.Testing, true)]
    [InlineData(LiveOwner.Other, Adoption.Adopt, StsMode.Enforce, true)]
    [InlineData(LiveOwner.OtherInstallation, Adoption.Refuse, null, false)]
    [InlineData(LiveOwner.OtherInstallation, Adoption.Adopt, null, false)]
    [InlineData(LiveOwner.Unknown, Adoption.Adopt, null, false)]
    [InlineData(LiveOwner.None, Adoption.Refuse, null, true)]
    public void A_record_that_is_there_decides_whether_the_domain_may_begin(LiveOwner owner, Adoption adoption, StsMode? live, bool begins)
    {
        var evidence = Scene.Healthy() with
        {
            Owner = owner,
            LiveRecord = "v=STSv1; id=1",
            LiveId = PolicyId.TryParse("1", out var id) ? id : null,
            LivePolicy = live is { } mode ? new StsPolicy(mode, Scene.Intent().Mx, 86400) : null,
        };

        var decision = Decider.Decide(Scene.Intent() with { Adoption = adoption }, RolloutState.Empty, evidence, T0);

        Assert.Equal(begins, decision.Next.Served is not null);
    }

    [Fact]
    public void A_healthy_domain_is_promoted_after_its_whole_soak_and_not_a_look_earlier()
    {
        var intent = Scene.Intent();
        var state = Scene.PublishedIn(intent, "testing", T0);

        var before = Scene.Until(intent, state, Scene.Healthy(), T0, T0.AddDays(14) - Scene.Interval);
        Assert.Equal("testing", before.Next.Stage);
        Assert.Equal(T0.AddDays(14), before.Next.Soak.Until(TimeSpan.FromDays(14)));

        var after = Decider.Decide(intent, before.Next, Scene.Healthy(), T0.AddDays(14));
        Assert.Equal("enforce-1d", after.Next.Stage);
        Assert.Equal(StsMode.Enforce, after.Next.Served!.Policy.Mode);
        Assert.Equal(state.PublishedId, after.Next.PublishedId);
    }

    [Theory]
    [InlineData(Check.PolicyServed)]
    [InlineData(Check.CertificateLifetime)]
    [InlineData(Check.TxtRecord)]
    [InlineData(Check.TlsRptRecord)]
    [InlineData(Check.MxCoverage)]
    [InlineData(Check.MxTls)]
    public void One_broken_look_begins_the_soak_anew(Check check)
    {
        var intent = Scene.Intent();
        var soaked = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(13)).Next;

        var broken = Decider.Decide(intent, soaked, Scene.Healthy().With(check, Scene.Broken()), T0.AddDays(13) + Scene.Interval);
        Assert.Null(broken.Next.Soak.HealthySince);

        var again = T0.AddDays(13) + (2 * Scene.Interval);
        Assert.Equal("testing", Scene.Until(intent, broken.Next, Scene.Healthy(), again, again.AddDays(14) - Scene.Interval).Next.Stage);
        Assert.Equal("enforce-1d", Scene.Until(intent, broken.Next, Scene.Healthy(), again, again.AddDays(14)).Next.Stage);
    }

    [Fact]
    public void Unknown_stops_the_clock_and_does_not_set_it_back()
    {
        var intent = Scene.Intent();
        var soaked = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(13)).Next;
        var lost = Scene.Until(intent, soaked, Scene.Healthy().With(Check.MxTls, Scene.Unknown(Reason.EgressBlocked)), T0.AddDays(13), T0.AddDays(20));

        Assert.Equal("testing", lost.Next.Stage);
        Assert.Null(lost.Next.Soak.CountedUntil);
        Assert.Equal(T0, lost.Next.Soak.HealthySince);

        // What was not checkpointed before the break, less than an hour, is lost; the rest counts.
        Assert.Equal("enforce-1d", Scene.Until(intent, lost.Next, Scene.Healthy(), T0.AddDays(20), T0.AddDays(21).AddHours(1)).Next.Stage);
        Assert.Equal("testing", Scene.Until(intent, lost.Next, Scene.Healthy(), T0.AddDays(20), T0.AddDays(21) - Scene.Interval).Next.Stage);
    }

    [Fact]
    public void A_target_that_is_lowered_to_the_stage_the_domain_is_in_stops_the_soak_and_keeps_it()
    {
        var intent = Scene.Intent();
        var soaked = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(2)).Next;

        var rested = Scene.Until(intent with { Target = TargetMode.Testing }, soaked, Scene.Healthy(), T0.AddDays(2), T0.AddDays(9)).Next;
        Assert.InRange(rested.Soak.At(T0.AddDays(9)), TimeSpan.FromHours(46), TimeSpan.FromDays(2));
        Assert.Equal(soaked.Soak.HealthySince, rested.Soak.HealthySince);

        var broken = Decider.Decide(intent with { Target = TargetMode.Testing }, rested, Scene.Healthy().With(Check.MxTls, Scene.Broken()), T0.AddDays(9)).Next;
        Assert.Equal(TimeSpan.Zero, broken.Soak.At(T0.AddDays(9)));
    }

    [Fact]
    public void Time_in_which_nobody_looked_is_not_counted()
    {
        var intent = Scene.Intent();
        var soaked = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(1)).Next;

        // A new process, thirteen days later.
        var back = T0.AddDays(14);
        var decision = Decider.Decide(intent, soaked, Scene.Healthy(watchedSince: back), back);

        Assert.Equal("testing", decision.Next.Stage);
        Assert.InRange(decision.Next.Soak.At(back), TimeSpan.FromHours(23), TimeSpan.FromDays(1));
    }

    [Fact]
    public void A_clock_that_goes_backwards_gains_nothing()
    {
        var intent = Scene.Intent();
        var soaked = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(2)).Next;

        var back = Decider.Decide(intent, soaked, Scene.Healthy(T0.AddDays(-1)), T0.AddDays(1)).Next;

        Assert.True(back.Soak.At(T0.AddDays(1)) <= soaked.Soak.At(T0.AddDays(2)));
        Assert.Equal("testing", Scene.Until(intent, back, Scene.Healthy(T0.AddDays(-1)), T0.AddDays(1), T0.AddDays(13) - Scene.Interval).Next.Stage);
    }

    [Fact]
    public void The_id_follows_the_document_only_when_the_document_was_seen()
    {
        var intent = Scene.Intent();
        var promoted = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(14));
        var old = promoted.Next.PublishedId;

        var unseen = Decider.Decide(intent, promoted.Next, Scene.Healthy().With(Check.PolicyServed, Scene.Unknown(Reason.PolicyPropagating)), T0.AddDays(15));
        Assert.Equal(old, unseen.Next.PublishedId);

        var seen = Decider.Decide(intent, unseen.Next, Scene.Healthy(), T0.AddDays(15));
        Assert.Equal(seen.Next.Served!.Id, seen.Next.PublishedId);
        Assert.Equal(old, seen.Next.PreviousId);
    }

    // One look sees one replica behind an address. A look that fails begins the wait anew: what was seen was perhaps not there to stay.
    [Fact]
    public void The_id_waits_until_no_replica_can_answer_with_the_document_before()
    {
        var intent = Scene.Intent() with { ServingSpread = TimeSpan.FromMinutes(2) };
        var promoted = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(14)).Next;
        var (old, at) = (promoted.PublishedId, T0.AddDays(15));

        var seen = Decider.Decide(intent, promoted, Scene.Healthy(), at).Next;
        Assert.Equal(old, Decider.Decide(intent, seen, Scene.Healthy(), at.AddSeconds(119)).Next.PublishedId);
        Assert.Equal(seen.Served!.Id, Decider.Decide(intent, seen, Scene.Healthy(), at.AddSeconds(120)).Next.PublishedId);

        var lost = Decider.Decide(intent, seen, Scene.Healthy().With(Check.PolicyServed, Scene.Unknown(Reason.PolicyPropagating)), at.AddSeconds(60)).Next;
        Assert.Equal(old, Decider.Decide(intent, lost, Scene.Healthy(), at.AddSeconds(120)).Next.PublishedId);
    }

    [Fact]
    public void The_first_id_waits_until_every_replica_has_its_document()
    {
        var intent = Scene.Intent() with { ServingSpread = TimeSpan.FromMinutes(2) };
        var evidence = Scene.Healthy();
        var begun = Decider.Decide(intent, RolloutState.Empty, evidence, T0).Next;

        var first = Decider.Decide(intent, begun, evidence, T0.AddSeconds(10));
        Assert.Equal(Reason.PolicyPropagating, Assert.IsType<Finding.Unknown>(first.Waiting).Reason);
        var early = Decider.Decide(intent, first.Next, evidence, T0.AddSeconds(129));
        Assert.Null(early.Next.PublishedId);
        Assert.Equal(TimeSpan.FromSeconds(1), early.LookAgain);
        Assert.Equal(begun.Served!.Id, Decider.Decide(intent, early.Next, evidence, T0.AddSeconds(130)).Next.PublishedId);
    }

    [Fact]
    public void Broken_checks_never_lower_a_domain()
    {
        var intent = Scene.Intent();
        var evidence = Enum.GetValues<Check>().Aggregate(Scene.Healthy(), (e, check) => e.With(check, Scene.Broken()));

        var decision = Scene.Until(intent, Scene.PublishedIn(intent, "enforce", T0), evidence, T0, T0.AddDays(30));

        Assert.Equal("enforce", decision.Next.Stage);
        Assert.Equal(StsMode.Enforce, decision.Next.Served!.Policy.Mode);
    }

    [Fact]
    public void The_owner_lowers_a_domain_at_once_and_is_told_what_senders_keep()
    {
        var intent = Scene.Intent();
        var state = Scene.PublishedIn(intent, "enforce", T0);

        var decision = Decider.Decide(intent with { Target = TargetMode.Testing }, state, Scene.Healthy().With(Check.MxTls, Scene.Broken()), T0);

        Assert.Equal("testing", decision.Next.Stage);
        Assert.Equal(StsMode.Testing, decision.Next.Served!.Policy.Mode);
        Assert.Equal(T0.AddDays(84), decision.Next.Ledger.EnforcedUntil);
        Assert.Equal(state.PublishedId, decision.Next.PublishedId);
        Assert.Equal(Reason.OwnerLowered, Assert.Single(decision.Transitions).Reason);
    }

    [Fact]
    public void Target_none_serves_a_policy_that_says_so_and_keeps_the_mx_lines()
    {
        var intent = Scene.Intent();
        var decision = Decider.Decide(intent with { Target = TargetMode.None }, Scene.PublishedIn(intent, "enforce", T0), Scene.Healthy(), T0);

        Assert.Equal("version: STSv1\r\nmode: none\r\nmx: mx1.example.com\r\nmax_age: 86400\r\n", decision.Next.Served!.Text);
    }

    [Fact]
    public void Target_none_on_a_domain_that_was_never_published_does_nothing()
    {
        var decision = Decider.Decide(Scene.Intent() with { Target = TargetMode.None }, RolloutState.Empty, Scene.Healthy(), T0);

        Assert.Null(decision.Next.Served);
    }

    [Fact]
    public void Target_testing_stops_at_the_last_testing_stage()
    {
        var intent = Scene.Intent() with { Target = TargetMode.Testing };

        Assert.Equal("testing", Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(60)).Next.Stage);
    }

    [Fact]
    public void Paused_holds_the_stage()
    {
        var intent = Scene.Intent() with { Paused = true };
        var decision = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(30));

        Assert.Equal("testing", decision.Next.Stage);
        Assert.Equal(Reason.Paused, Assert.IsType<Finding.Unknown>(decision.Waiting).Reason);
        Assert.Equal("enforce-1d", Decider.Decide(intent with { Paused = false }, decision.Next, Scene.Healthy(), T0.AddDays(30)).Next.Stage);
    }

    [Fact]
    public void A_manual_stage_waits_for_its_approval()
    {
        var intent = Scene.Intent() with { Stages = [Scene.Stages[0], Scene.Stages[1] with { Approval = Approval.Manual }, Scene.Stages[2]] };
        var decision = Scene.Until(intent, Scene.PublishedIn(intent, "testing", T0), Scene.Healthy(), T0, T0.AddDays(30));

        Assert.Equal("testing", decision.Next.Stage);
        Assert.Equal(Reason.ApprovalMissing, Assert.IsType<Finding.Unknown>(decision.Waiting).Reason);
        Assert.Equal("enforce-1d", Decider.Decide(intent with { ApprovedStages = ["enforce-1d"] }, decision.Next, Scene.Healthy(), T0.AddDays(30)).Next.Stage);
    }

    [Fact]
    public void A_pattern_that_a_live_mx_needs_stays_in_the_document()
    {
        var intent = Scene.Intent("mx1.example.com", "mx2.example.com");
        var state = Scene.PublishedIn(intent, "enforce", T0);
        var shorter = Scene.Intent("mx2.example.com");

        var needed = Decider.Decide(shorter, state, Scene.Healthy(), T0);
        Assert.Equal((MxPattern.Parse("mx1.example.com"), Reason.MxInUse), needed.Next.KeptMx.Select(k => (k.Pattern, k.Why)).Single());
        Assert.Equal(state.Served, needed.Next.Served);

        var notKnown = Decider.Decide(shorter, state, Scene.Healthy() with { LiveMx = [], LiveMxKnown = false }, T0);
        Assert.Equal(state.Served, notKnown.Next.Served);

        var free = Decider.Decide(shorter, state, Scene.Healthy() with { LiveMx = ["mx2.example.com"] }, T0);
        Assert.Equal(["mx2.example.com"], free.Next.Served!.Policy.Mx.Select(m => m.ToString()));
        Assert.Equal(state.PublishedId, free.Next.PublishedId);
    }

    [Fact]
    public void A_pattern_is_never_taken_from_the_dns()
    {
        var intent = Scene.Intent();
        var evidence = (Scene.Healthy() with { LiveMx = ["mx1.example.com", "evil.example.net"] }).With(Check.MxCoverage, Scene.Broken(Reason.MxNotCovered));

        var decision = Scene.Until(intent, Scene.PublishedIn(intent, "enforce", T0), evidence, T0, T0.AddDays(2));

        Assert.Equal(["mx1.example.com"], decision.Next.Served!.Policy.Mx.Select(m => m.ToString()));
    }

    [Fact]
    public void A_lost_status_goes_on_from_the_stage_whose_document_is_live()
    {
        var intent = Scene.Intent();
        var document = Decider.DocumentOf(intent, Scene.Stages[1]);
        var evidence = Scene.Healthy().With(Check.PolicyServed, Scene.Broken()) with { Owner = LiveOwner.Us, LiveId = document.Id };

        var decision = Decider.Decide(intent, RolloutState.Empty, evidence, T0);

        Assert.Equal("enforce-1d", decision.Next.Stage);
        Assert.Equal(document, decision.Next.Served);
        Assert.True(decision.Next.IsPublished);
        Assert.Equal(Reason.Resumed, Assert.Single(decision.Transitions).Reason);
    }

    [Fact]
    public void A_lost_status_with_records_that_no_stage_explains_does_not_begin_anew_by_itself()
    {
        Assert.True(PolicyId.TryParse("abc", out var id));
        var evidence = Scene.Healthy() with { Owner = LiveOwner.Us, LiveId = id, LiveRecord = "v=STSv1; id=abc;" };

        Assert.Null(Decider.Decide(Scene.Intent(), RolloutState.Empty, evidence, T0).Next.Served);
        Assert.NotNull(Decider.Decide(Scene.Intent() with { Adoption = Adoption.Adopt }, RolloutState.Empty, evidence, T0).Next.Served);
    }

    [Fact]
    public void A_stage_that_left_the_class_keeps_its_document_and_the_next_one_wants_a_whole_soak()
    {
        var intent = Scene.Intent() with { Stages = [Scene.Stages[0], Scene.Stages[2]] };
        var state = Scene.PublishedIn(Scene.Intent(), "enforce-1d", T0);

        var edited = Decider.Decide(intent, state, Scene.Healthy(), T0);
        Assert.Equal(state.Served, edited.Next.Served);
        Assert.Empty(edited.Transitions);

        // The longest soak of the list, since what the lost stage asked for is not known any more.
        Assert.Equal("enforce-1d", Scene.Until(intent, edited.Next, Scene.Healthy(), T0, T0.AddDays(14) - Scene.Interval).Next.Stage);
        Assert.Equal("enforce", Scene.Until(intent, edited.Next, Scene.Healthy(), T0, T0.AddDays(14)).Next.Stage);
    }

    [Fact]
    public void A_stage_whose_name_was_given_to_another_mode_takes_nobody_along()
    {
        var intent = Scene.Intent() with
        {
            Stages = [new("first", StsMode.Testing, TimeSpan.FromDays(1), TimeSpan.Zero), Scene.Stages[0] with { Mode = StsMode.Enforce }],
        };
        var state = Scene.PublishedIn(Scene.Intent(), "testing", T0);

        Assert.Equal(StsMode.Testing, Decider.Decide(intent, state, Scene.Healthy(), T0).Next.Served!.Policy.Mode);
    }

    [Fact]
    public void A_list_of_testing_stages_alone_does_not_lower_an_enforced_domain()
    {
        var state = Scene.PublishedIn(Scene.Intent(), "enforce", T0);

        var decision = Scene.Until(Scene.Intent() with { Stages = [Scene.Stages[0]] }, state, Scene.Healthy(), T0, T0.AddDays(30));

        Assert.Equal(StsMode.Enforce, decision.Next.Served!.Policy.Mode);
    }

    [Fact]
    public void The_end_of_the_caches_is_that_of_the_longest_policy_ever_left()
    {
        var intent = Scene.Intent();
        var long84 = Scene.PublishedIn(intent, "enforce", T0);
        var shortened = Decider.Decide(intent with { Stages = [Scene.Stages[0], Scene.Stages[2] with { MaxAge = TimeSpan.FromDays(1) }] }, long84, Scene.Healthy(), T0).Next;
        Assert.Equal(86400, shortened.Served!.Policy.MaxAgeSeconds);

        var none = Decider.Decide(intent with { Target = TargetMode.None }, shortened, Scene.Healthy(), T0.AddDays(1)).Next;

        Assert.Equal(T0.AddDays(84), none.Ledger.EnforcedUntil);
    }

    [Fact]
    public void A_settled_domain_leaves_its_state_untouched()
    {
        var intent = Scene.Intent();
        var settled = Decider.Decide(intent, Scene.PublishedIn(intent, "enforce", T0), Scene.Healthy(), T0).Next;

        var later = Scene.Until(intent, settled, Scene.Healthy(), T0, T0.AddDays(30));

        Assert.Equal(settled, later.Next);
        Assert.Equal(Scene.Interval, later.LookAgain);
    }

    [Fact]
    public void The_history_keeps_the_last_ten_moves()
    {
        var intent = Scene.Intent();
        var state = Scene.PublishedIn(intent, "testing", T0);
        for (var i = 0; i < 30; i++)
        {
            state = state.Enter(Scene.Stages[i % 2], Reason.SoakElapsed, T0.AddDays(i));
        }

        Assert.Equal(10, state.History.Length);
        Assert.Equal(T0.AddDays(29), state.History[^1].At);
    }
}
