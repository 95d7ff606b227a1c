using k8s.Models;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Status;
using MtaSts.Core.Sts;
using MtaSts.Operator.Reconcile;
using MtaSts.Operator.Resources;
using MtaSts.Operator.Telemetry;
using MtaSts.Operator.Tests.Reconcile;

namespace MtaSts.Operator.Tests.Telemetry;

/// <summary>On statuses as the operator writes them: of states that the engine has come to.</summary>
public sealed class RemovalDueTests
{
    private static readonly DateTimeOffset T0 = Passes.Now;

    private static readonly Stage Enforced = new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero);

    private static readonly Intent Down = Passes.Intent with { Target = TargetMode.None };

    private static readonly RolloutState Published = Serving(RolloutState.Empty, Enforced, T0.AddDays(-200)).PublishedAs(T0.AddDays(-200));

    // rfc8461#8.3, with the TTL of the record that a resolver may have kept.
    private static readonly TimeSpan Longest = Enforced.MaxAge + TimeSpan.FromHours(1);

    [Fact]
    public void A_domain_that_stays_is_not_due()
    {
        Assert.Null(RemovalDue.Of(Policy(Published, "enforce")));
        Assert.Null(RemovalDue.Of(new MtaStsPolicy { Metadata = Named, Spec = new() { Domain = "example.com", TargetMode = "none" } }));
        Assert.Null(RemovalDue.Of(Policy(Lowered, "enforce")));
    }

    [Fact]
    public void Mode_none_that_was_seen_everywhere_is_due_when_the_status_says_so()
    {
        var state = Lowered.PublishedAs(T0) with { Ledger = Lowered.Ledger.Replaced(Lowered.Served!.Id, T0.AddHours(2)) };
        var policy = Policy(state, "none");

        Assert.Equal(T0.AddHours(2) + Longest, RemovalDue.Of(policy)!.At);
        Assert.Equal(policy.Status!.RemoveAt, RemovalDue.Of(policy)!.At);
        Assert.Equal(T0.AddHours(2) + Longest, RemovalDue.Of(Retirement(state))!.At);
    }

    [Fact]
    public void Mode_none_that_cannot_be_published_is_due_when_it_would_have_been_over()
    {
        Assert.Null(Lowered.RemoveAt);
        Assert.Equal(T0 + Longest, RemovalDue.Of(Policy(Lowered, "none"))!.At);
        Assert.Equal(T0 + Longest, RemovalDue.Of(Retirement(Lowered, created: T0.AddDays(-1)))!.At);
    }

    [Fact]
    public void A_retirement_that_was_never_accepted_is_due_when_mode_none_from_its_beginning_on_would_have_been_over()
    {
        var due = RemovalDue.Of(Retirement(Published, created: T0, rejection: Reason.ClassNotFound))!;

        Assert.Equal(T0 + Longest, due.At);
        Assert.Equal(("MtaStsRetirement", "example.com", "example.com", "default"), (due.Kind, due.Key.ToString(), due.Domain, due.ClassName));
    }

    [Fact]
    public void A_retirement_that_is_being_removed_is_due_since_that_was_decided() =>
        Assert.Equal(T0.AddDays(90), RemovalDue.Of(Retirement(Lowered.Withdraw(Reason.Retired, T0.AddDays(90))))!.At);

    [Fact]
    public void A_retirement_that_a_policy_has_taken_over_is_not_due()
    {
        var retirement = Retirement(Lowered.Withdraw(Reason.Retired, T0));
        retirement.Spec = retirement.Spec with { YieldedTo = new PolicyReference { Namespace = "team-a", Name = "p" } };

        Assert.Null(RemovalDue.Of(retirement));
    }

    [Fact]
    public void A_policy_whose_records_could_not_be_removed_is_due_since_that_was_decided()
    {
        var failed = Policy(Lowered.Withdraw(Reason.Retired, T0), "none", "False", T0.AddSeconds(20));

        Assert.Equal(T0, RemovalDue.Of(failed)!.At);
    }

    [Fact]
    public void A_policy_that_is_taken_down_and_stays_is_not_due_whatever_becomes_of_it_later()
    {
        Assert.Null(RemovalDue.Of(Policy(Lowered.Withdraw(Reason.Retired, T0), "none", "True", T0.AddDays(-50))));
        Assert.Null(RemovalDue.Of(Policy(Lowered.Withdraw(Reason.Retired, T0), "none", "False", T0.AddDays(20))));
    }

    [Fact]
    public void The_engines_own_way_down_is_never_overdue()
    {
        var state = Published;
        var now = T0;
        while (!state.Withdrawn)
        {
            var evidence = Passes.Healthy() with { Owner = LiveOwner.Us, LiveId = state.PublishedId, LiveTtlSeconds = 3600, LiveMxKnown = true, WatchedSince = T0 };
            var decision = Decider.Decide(Down, state, evidence, now);
            state = decision.Next;
            now += decision.LookAgain;
            if (state is { Withdrawn: false, Served.Policy.Mode: StsMode.None })
            {
                Assert.True(RemovalDue.Of(Policy(state, "none"))!.At >= now - decision.LookAgain, $"{now}");
            }
        }

        Assert.True(now > T0 + Longest);
    }

    private static RolloutState Lowered => Serving(Published, Stage.NoPolicy, T0);

    private static V1ObjectMeta Named => new() { Name = "p", NamespaceProperty = "team-a" };

    private static RolloutState Serving(RolloutState state, Stage stage, DateTimeOffset at)
    {
        var document = Decider.DocumentOf(Passes.Intent, stage);
        return state.Enter(stage, Reason.OwnerLowered, at) with { Served = document, Ledger = state.Ledger.Serve(document, at) };
    }

    private static MtaStsPolicy Policy(RolloutState state, string target, string ready = "True", DateTimeOffset? since = null) => new()
    {
        Metadata = Named,
        Spec = new() { Domain = "example.com", TargetMode = target },
        Status = StatusMapping.WithState(null, state, null) with
        {
            Domain = "example.com",
            Conditions = [new Operator.Resources.Condition { Type = nameof(ConditionType.Ready), Status = ready, Reason = "X", LastTransitionTime = since ?? T0 }],
        },
    };

    private static MtaStsRetirement Retirement(RolloutState state, DateTimeOffset? created = null, Reason? rejection = null)
    {
        var known = StatusMapping.WithState(null, state, null) with { Domain = "example.com" };
        return new MtaStsRetirement
        {
            Metadata = new V1ObjectMeta { Name = "example.com", CreationTimestamp = (created ?? T0).UtcDateTime },
            Spec = new MtaStsRetirementSpec { Domain = "example.com", ClassName = "default", Handover = known },
            Status = rejection is { } reason ? StatusMapping.WithOutcome(new MtaStsPolicyStatus(), new PassOutcome { Rejection = (reason, "gone") }, 1, T0) : known,
        };
    }
}

file static class States
{
    public static RolloutState PublishedAs(this RolloutState state, DateTimeOffset at) => state with
    {
        PublishedId = state.Served!.Id,
        PublishedMode = state.Served.Policy.Mode,
        PublishedAt = at,
        Ledger = state.Ledger.Named(state.Served.Id, 3600),
    };
}
