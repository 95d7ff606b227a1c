using System.Collections.Immutable;
using CsCheck;
using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;
using MtaSts.Core.Sts;
using Check = MtaSts.Core.Observations.Check;

namespace MtaSts.Core.Tests.Rollout;

/// <summary>
/// The promises of the design over whole lives: up, down, taken away and back, with a clock that is set back, failures that last, and owners who change
/// what they want for weeks at a time. Each promise is checked against an account of its own, by the time that truly passed. CsCheck prints the seed.
/// </summary>
public class LifePropertyTests
{
    private const long RecordTtl = 600;
    private const long MxTtl = 1800;
    private const int MaxAgeDays = 10; // so that lives see the end of it

    private static readonly TimeSpan Soak = TimeSpan.FromMinutes(25);
    private static readonly StepBackRule Rule = new(3, TimeSpan.FromMinutes(12));
    private static readonly string[] AllMx = ["mx1.example.com", "mx2.example.com", "mx3.example.com"];

    private sealed record Look(TimeSpan Pause, TimeSpan SetBack, int[] Outcomes, int? Ill, TargetMode? Target, int? Spec, int? Live, bool Hurry, bool StepsBack);

    private static readonly Gen<Look> GenLook =
        from pause in Gen.Frequency(
            (40, Gen.Const(Scene.Interval)), (3, Gen.Int[1, 600].Select(s => TimeSpan.FromSeconds(s))), (4, Gen.Int[1, 24 * 6].Select(h => TimeSpan.FromHours(h))))
        from back in Gen.Frequency((40, Gen.Const(TimeSpan.Zero)), (1, Gen.Int[1, 60 * 24].Select(m => TimeSpan.FromMinutes(m))))
        from outcomes in Gen.Frequency((40, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2))).Array[6]
        from ill in Gen.Frequency((14, Gen.Const((int?)null)), (1, Gen.Int[0, 2].Select(i => (int?)i)))
        from target in Gen.Frequency(
            (24, Gen.Const((TargetMode?)null)), (2, Gen.Const((TargetMode?)TargetMode.Enforce)), (1, Gen.Const((TargetMode?)TargetMode.Testing)), (1, Gen.Const((TargetMode?)TargetMode.None)))
        from spec in Gen.Frequency((20, Gen.Const((int?)null)), (1, Gen.Int[1, 7].Select(i => (int?)i)))
        from live in Gen.Frequency((12, Gen.Const((int?)null)), (1, Gen.Int[1, 7].Select(i => (int?)i)))
        from hurry in Gen.Frequency((40, Gen.Const(false)), (1, Gen.Const(true)))
        from steps in Gen.Frequency((1, Gen.Const(false)), (2, Gen.Const(true)))
        select new Look(pause, back, outcomes, ill, target, spec, live, hurry, steps);

    // True: the time that truly passed. Now: what the clock said.
    private sealed record Step(Intent Intent, Evidence Evidence, RolloutState Before, RolloutState After, DateTimeOffset Now, DateTimeOffset True)
    {
        public ImmutableArray<Transition> Moves => [.. After.History.Where(t => !Before.History.Contains(t))];

        public bool Withdraws => Moves.Any(t => t.Reason == Reason.Retired);

        public bool IsWell => Evidence.Verdict(Evidence.Soaked) == true;

        public bool ServedIsSeen => Before.IsPublished && Evidence.Verdict([Check.PolicyServed, Check.TxtRecord]) == true;
    }

    private static List<Step> Live(Look[] looks)
    {
        var steps = new List<Step>();
        var (state, now, passed) = (RolloutState.Empty, Scene.Start, Scene.Start);
        var (watchedSince, target, spec, live, ill) = (now, TargetMode.Enforce, 7, 7, 0);
        var stepsBack = looks[0].StepsBack;
        foreach (var look in looks)
        {
            passed += look.Pause;
            now += look.Pause - look.SetBack;
            watchedSince = look.Pause > SoakClock.GapMax(Scene.Interval) || watchedSince > now ? now : watchedSince;
            (target, spec, live, ill) = (look.Target ?? target, look.Spec ?? spec, look.Live ?? live, look.Ill ?? ill);
            var intent = Scene.Intent() with
            {
                Stages =
                [
                    new("testing", StsMode.Testing, TimeSpan.FromDays(1), Soak),
                    new("enforce-1d", StsMode.Enforce, TimeSpan.FromDays(1), Soak),
                    new("enforce", StsMode.Enforce, TimeSpan.FromDays(MaxAgeDays), TimeSpan.Zero),
                ],
                Mx = [.. Some(spec).Select(MxPattern.Parse)],
                Target = target,
                RemovesEarly = look.Hurry,
                OnRegression = stepsBack ? OnRegression.StepBack : OnRegression.Hold,
                StepBack = Rule,
            };
            var evidence = Seen(look, state, ill, live, watchedSince);
            var next = Decider.Decide(intent, state, evidence, now).Next;
            steps.Add(new Step(intent, evidence, state, next, now, passed));
            state = next;
        }

        return steps;
    }

    private static Evidence Seen(Look look, RolloutState state, int ill, int live, DateTimeOffset watchedSince)
    {
        var outcomes = look.Outcomes.Select((o, i) => (Check)i == Check.MxTls && ill > 0 ? ill : o).ToArray();
        return new Evidence
        {
            Checks = [.. outcomes.Select((o, i) => new CheckResult((Check)i, o switch { 0 => new Finding.Healthy(), 1 => Scene.Broken(), _ => Scene.Unknown() }))],
            LiveMx = outcomes[(int)Check.MxCoverage] == 2 ? [] : [.. Some(live)],
            LiveMxKnown = outcomes[(int)Check.MxCoverage] != 2,
            MxTtlSeconds = MxTtl,
            Owner = state.PublishedId is null ? LiveOwner.None : LiveOwner.Us,
            LiveId = outcomes[(int)Check.TxtRecord] == 0 ? state.PublishedId : null,
            LiveTtlSeconds = RecordTtl,
            WatchedSince = watchedSince,
        };
    }

    private static IEnumerable<string> Some(int hosts) => AllMx.Where((_, i) => (hosts >> i & 1) == 1);

    // A promise about something that never happens proves nothing: each says how often its case came up.
    private static void Hold(int timesMin, Func<List<Step>, int> promise)
    {
        var times = 0;
        GenLook.Array[50, 300].Sample(looks => { Interlocked.Add(ref times, promise(Live(looks))); }, iter: 500);
        Assert.True(times >= timesMin, $"the case came up {times} times in 500 lives");
    }

    private static StsMode? Mode(RolloutState state) => state.Served?.Policy.Mode;

    [Fact]
    public void Promise_1_a_clock_that_is_set_back_shortens_no_soak() => Hold(100, steps =>
    {
        var (healthy, promotions) = (TimeSpan.Zero, 0);
        Step? before = null;
        foreach (var step in steps)
        {
            if (before is not null && step.IsWell && before.IsWell && before.After.Stage == step.Before.Stage && step.True - before.True <= SoakClock.GapMax(Scene.Interval))
            {
                healthy += step.True - before.True;
            }

            if (step.Evidence.Verdict(Evidence.Soaked) == false || (before is not null && before.Moves.Length > 0))
            {
                healthy = TimeSpan.Zero;
            }

            if (step.Moves.Any(t => t.Reason == Reason.SoakElapsed))
            {
                promotions++;
                Assert.True(step.IsWell && healthy >= Soak, $"{healthy} of healthy time at {step.True:O}");
            }

            before = step;
        }

        return promotions;
    });

    [Fact]
    public void Promise_4_nothing_is_taken_away_while_a_sender_may_hold_what_was_served() => Hold(20, steps =>
    {
        // When each document was last served, or named by a record that some server gave. One that no record ever named is in no resolver: whoever took it has it
        // for its max_age and no longer.
        var (taken, lasting, named, withdrawals) = (new Dictionary<PolicyDocument, DateTimeOffset>(), new HashSet<PolicyDocument>(), new HashSet<PolicyId>(), 0);
        foreach (var step in steps)
        {
            if (step.Evidence.LiveId is { } live)
            {
                named.Add(live);
            }

            if (step.ServedIsSeen)
            {
                foreach (var gone in lasting.Where(d => d != step.Before.Served).ToList())
                {
                    taken[gone] = step.True;
                    lasting.Remove(gone);
                }
            }

            if (step.Withdraws && !step.Intent.RemovesEarly)
            {
                withdrawals++;
                Assert.All(lasting.Where(d => d.Policy.Mode != StsMode.None), d => Assert.Fail($"{d.Id} may still be taken"));
                Assert.All(
                    taken.Where(t => t.Key.Policy.Mode != StsMode.None),
                    t => Assert.True(step.True >= t.Value.AddSeconds((named.Contains(t.Key.Id) ? RecordTtl : 0) + t.Key.Policy.MaxAgeSeconds), $"{t.Key.Text} was taken until {t.Value:O}, and is held at {step.True:O}"));
            }

            if (step.After.Served is { } served)
            {
                lasting.Add(served);
                taken.Remove(served);
            }
        }

        return withdrawals;
    });

    [Fact]
    public void Promise_4_only_a_domain_that_says_none_is_taken_away_and_only_for_its_owner() => Hold(20, steps =>
    {
        foreach (var step in steps.Where(s => s.Before.Served is not null && s.After.Served is null))
        {
            Assert.True(step is { Withdraws: true, Intent.Target: TargetMode.None, After.Withdrawn: true } && Mode(step.Before) == StsMode.None);
        }

        return steps.Count(s => s.Withdraws);
    });

    [Fact]
    public void Promise_6_a_step_back_is_confirmed_by_looks_that_showed_the_failure() => Hold(20, steps =>
    {
        var (broken, times) = (new List<DateTimeOffset>(), 0);
        foreach (var step in steps)
        {
            var verdict = step.Evidence.Delivery();
            if (verdict == true || step.Moves.Any(t => t.Reason != Reason.SteppedBack))
            {
                broken.Clear();
            }

            if (verdict == false)
            {
                broken.Add(step.True);
            }

            if (step.Moves.Any(t => t.Reason == Reason.SteppedBack))
            {
                times++;
                Assert.True(verdict == false, "a look without a broken check");
                Assert.True(broken.Count >= Rule.Looks && broken[^1] - broken[0] >= Rule.TimeMin, $"{broken.Count} looks over {broken[^1] - broken[0]}");
                broken.Clear();
            }
        }

        return times;
    });

    [Fact]
    public void Promise_7_an_enforced_domain_goes_down_for_its_owner_or_where_the_class_steps_back() => Hold(20, steps =>
    {
        var down = steps.Where(s => Mode(s.Before) == StsMode.Enforce && Mode(s.After) != StsMode.Enforce).ToList();
        foreach (var step in down)
        {
            var reason = Assert.Single(step.Moves).Reason;
            Assert.True(
                (reason == Reason.OwnerLowered && step.Intent.Target != TargetMode.Enforce) || (reason == Reason.SteppedBack && step.Intent.OnRegression == OnRegression.StepBack),
                $"{reason}");
            Assert.NotNull(step.After.Ledger.EnforcedUntil);
        }

        return down.Count;
    });

    [Fact]
    public void Promise_7_no_pattern_is_taken_from_the_dns() => Hold(100, steps =>
    {
        var everWanted = new HashSet<MxPattern>();
        foreach (var step in steps)
        {
            everWanted.UnionWith(step.Intent.Mx);
            Assert.True(step.After.Served is null || everWanted.IsSupersetOf(step.After.Served.Policy.Mx));
        }

        return steps.Count;
    });

    [Fact]
    public void Promise_8_a_pattern_stays_while_a_live_mx_needs_it_and_for_one_ttl_after_that() => Hold(100, steps =>
    {
        var (needed, dropped) = (new Dictionary<string, DateTimeOffset>(), 0);
        foreach (var step in steps)
        {
            foreach (var host in step.Evidence.LiveMx)
            {
                needed[host] = step.True;
            }

            foreach (var host in AllMx.Where(h => Covers(step.Before, h) && step.After.Served is not null && !Covers(step.After, h)))
            {
                dropped++;
                Assert.True(step.Evidence.LiveMxKnown && !step.Evidence.LiveMx.Contains(host), $"{host} is live, or nobody knows");
                Assert.True(!needed.TryGetValue(host, out var last) || step.True >= last.AddSeconds(MxTtl), $"{host} was live at {last:O}, dropped at {step.True:O}");
            }
        }

        return dropped;
    });

    [Fact]
    public void The_caches_end_never_earlier_than_what_was_seen_to_be_replaced() => Hold(20, steps =>
    {
        // Until a policy that was enforced is served again, what the status says of its end only becomes later.
        var times = 0;
        foreach (var (before, after) in steps.Zip(steps.Skip(1)))
        {
            if (before.After.Ledger.EnforcedUntil is { } until && until > after.Now && Mode(after.After) != StsMode.Enforce)
            {
                times++;
                Assert.True(after.After.Ledger.EnforcedUntil >= until);
            }
        }

        return times;
    });

    private static bool Covers(RolloutState state, string host) => state.Served?.Policy.Mx.Any(m => m.Matches(host)) == true;
}
