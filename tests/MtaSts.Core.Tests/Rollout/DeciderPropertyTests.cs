using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>The promises of the design, over random lives of a domain. CsCheck prints the seed of a failing life.</summary>
public class DeciderPropertyTests
{
    private sealed record Look(TimeSpan Pause, int[] Outcomes, TargetMode Target, bool Paused, int Mx, bool MxKnown, bool Restart, bool Crash);

    private static readonly string[] AllMx = ["mx1.example.com", "mx2.example.com", "mx3.example.com"];

    // Mostly healthy and mostly on time, so that lives get far; else anything.
    private static readonly Gen<Look> GenLook =
        from pause in Gen.Frequency((8, Gen.Const(Scene.Interval)), (1, Gen.Int[1, 300].Select(s => TimeSpan.FromSeconds(s))), (1, Gen.Int[1, 400].Select(h => TimeSpan.FromHours(h))))
        from outcomes in Gen.Frequency((20, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2))).Array[6]
        from target in Gen.Frequency((30, Gen.Const(TargetMode.Enforce)), (1, Gen.Const(TargetMode.Testing)), (1, Gen.Const(TargetMode.None)))
        from paused in Gen.Frequency((20, Gen.Const(false)), (1, Gen.Const(true)))
        from mx in Gen.Int[1, 7]
        from known in Gen.Frequency((9, Gen.Const(true)), (1, Gen.Const(false)))
        from restart in Gen.Frequency((15, Gen.Const(false)), (1, Gen.Const(true)))
        from crash in Gen.Frequency((15, Gen.Const(false)), (1, Gen.Const(true)))
        select new Look(pause, outcomes, target, paused, mx, known, restart, crash);

    private static readonly TimeSpan Soak = TimeSpan.FromMinutes(25);

    private static Intent Intent(Look look) => Scene.Intent("mx1.example.com") with
    {
        Stages =
        [
            new("testing", StsMode.Testing, TimeSpan.FromDays(1), Soak),
            new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), Soak),
            new("enforce", StsMode.Enforce, TimeSpan.FromDays(84), TimeSpan.Zero),
        ],
        Mx = [.. AllMx.Where((_, i) => (look.Mx >> i & 1) == 1).Select(MxPattern.Parse)],
        Target = look.Target,
        Paused = look.Paused,
    };

    private static Evidence Seen(Look look, DateTimeOffset watchedSince) => new()
    {
        Checks = [.. look.Outcomes.Select((o, i) => new CheckResult((Check)i, o switch { 0 => new Finding.Healthy(), 1 => Scene.Broken(), _ => Scene.Unknown() }))],
        LiveMx = look.MxKnown ? ["mx1.example.com"] : [],
        LiveMxKnown = look.MxKnown,
        Owner = LiveOwner.None,
        WatchedSince = watchedSince,
    };

    private sealed record Step(Look Look, Intent Intent, Evidence Evidence, RolloutState Before, RolloutState After, DateTimeOffset Now);

    // Runs a life. A crash loses the decision before it was written; a restart forgets since when the domain was watched.
    private static List<Step> Live(Look[] looks)
    {
        var steps = new List<Step>();
        var state = RolloutState.Empty;
        var now = Scene.Start;
        var watchedSince = now;
        var isNewProcess = false;
        foreach (var look in looks)
        {
            now += look.Pause;
            if (isNewProcess || look.Restart || look.Pause > SoakClock.GapMax(Scene.Interval))
            {
                watchedSince = now;
            }

            // The look of a crash is lost with it; whoever comes next begins to watch with the next one.
            isNewProcess = look.Crash;

            var evidence = Seen(look, watchedSince);
            var intent = Intent(look);
            var next = Decider.Decide(intent, state, evidence, now).Next;
            if (look.Crash)
            {
                continue;
            }

            steps.Add(new Step(look, intent, evidence, state, next, now));
            state = next;
        }

        return steps;
    }

    private static void Hold(Action<List<Step>> promise) =>
        GenLook.Array[20, 200].Sample(looks => promise(Live(looks)), iter: 1000);

    private static bool IsEnforce(RolloutState state) => state.Served?.Policy.Mode == StsMode.Enforce;

    [Fact]
    public void Promise_1_enforce_is_entered_only_after_a_whole_healthy_soak() => Hold(steps =>
    {
        // An independent account of healthy time: the sum of the gaps between neighbouring healthy looks that a watcher can vouch for.
        var healthy = TimeSpan.Zero;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var broken = step.Look.Outcomes.Contains(1);
            var well = step.Look.Outcomes.All(o => o == 0);
            var before = i > 0 ? steps[i - 1] : null;
            if (before is not null && well && before.Look.Outcomes.All(o => o == 0) && before.After.Stage == step.Before.Stage
                && step.Now - before.Now <= SoakClock.GapMax(Scene.Interval))
            {
                healthy += step.Now - before.Now;
            }

            if (broken || (before is not null && before.After.Stage != before.Before.Stage))
            {
                healthy = TimeSpan.Zero;
            }

            if (!IsEnforce(step.Before) && IsEnforce(step.After))
            {
                Assert.Equal("testing", step.Before.Stage);
                Assert.True(step.Before.IsPublished);
                Assert.True(well, "a look that was not healthy opened the gate");
                Assert.True(healthy >= Soak, $"only {healthy} of healthy time at {step.Now:O}");
            }
        }
    });

    [Fact]
    public void Promise_2_the_id_changes_only_to_a_document_that_was_served_before_and_seen_now() => Hold(steps =>
    {
        foreach (var step in steps.Where(s => s.After.PublishedId != s.Before.PublishedId))
        {
            Assert.Equal(step.Before.Served!.Id, step.After.PublishedId);
            Assert.Equal(step.Before.Served, step.After.Served);
            Assert.IsType<Finding.Healthy>(step.Evidence.Of(Check.PolicyServed));
        }
    });

    [Fact]
    public void Promise_6_unknown_neither_advances_nor_resets() => Hold(steps =>
    {
        foreach (var step in steps.Where(s => s.Look.Outcomes.Contains(2) && !s.Look.Outcomes.Contains(1) && s.Before.Stage is not null && s.After.Stage == s.Before.Stage))
        {
            Assert.Equal(step.Before.Soak.HealthySince, step.After.Soak.HealthySince);
            Assert.True(step.After.Soak.Elapsed <= step.Before.Soak.Elapsed);
        }

        foreach (var step in steps.Where(s => s.Look.Outcomes.Contains(2)))
        {
            Assert.False(!IsEnforce(step.Before) && IsEnforce(step.After));
        }
    });

    [Fact]
    public void Promise_6_what_was_seen_of_a_replaced_document_or_id_says_nothing_of_the_new_one() => Hold(steps =>
    {
        foreach (var step in steps)
        {
            var left = step.Evidence.After(step.Intent.Domain, step.Before, step.After);
            foreach (var check in Enum.GetValues<Check>())
            {
                var isNew = check switch
                {
                    Check.PolicyServed => step.After.Served != step.Before.Served,
                    Check.TxtRecord => step.After.PublishedId != step.Before.PublishedId,
                    _ => false,
                };
                Assert.True(isNew ? left.Of(check) is Finding.Unknown : left.Of(check) == step.Evidence.Of(check), $"{check} is {left.Of(check)} at {step.Now:O}");
            }

            Assert.Equal(step.Evidence.Checks.Select(c => c.Check).Distinct(), left.Checks.Select(c => c.Check).Distinct());
        }
    });

    [Fact]
    public void Promise_7_only_the_owner_lowers_a_domain() => Hold(steps =>
    {
        foreach (var step in steps.Where(s => IsEnforce(s.Before) && !IsEnforce(s.After)))
        {
            Assert.NotEqual(TargetMode.Enforce, step.Look.Target);
            Assert.NotNull(step.After.Ledger.EnforcedUntil);
        }
    });

    [Fact]
    public void Promise_8_a_served_pattern_that_a_live_mx_needs_stays() => Hold(steps =>
    {
        foreach (var step in steps.Where(s => s.Before.Served is not null && s.Before.Served.Policy.Mx.Any(m => m.Matches("mx1.example.com"))))
        {
            Assert.Contains(step.After.Served!.Policy.Mx, m => m.Matches("mx1.example.com"));
        }
    });

    [Fact]
    public void Promise_11_deciding_again_on_the_written_state_changes_no_effect_back() => Hold(steps =>
    {
        // A second operator, or the same after a crash behind the write, sees the same world at the same moment: it goes on, never back.
        foreach (var step in steps)
        {
            var again = Decider.Decide(step.Intent, step.After, step.Evidence, step.Now).Next;
            if (step.After.PublishedId is not null)
            {
                Assert.NotNull(again.PublishedId);
            }

            Assert.True(again.SameEffects(step.After) || again.PublishedId == step.After.Served?.Id || again.Stage != step.After.Stage);
        }
    });

    [Fact]
    public void Every_decision_says_when_to_look_again() => Hold(steps =>
    {
        foreach (var step in steps)
        {
            var decision = Decider.Decide(step.Intent, step.Before, step.Evidence, step.Now);
            Assert.InRange(decision.LookAgain, TimeSpan.FromTicks(1), Scene.Interval);
        }
    });
}
