using MtaSts.Core.Mail;
using MtaSts.Core.Observations;
using MtaSts.Core.Rollout;

namespace MtaSts.Core.Tests.Rollout;

public class KeptPatternsTests
{
    private const long Ttl = 3600;

    private static readonly DateTimeOffset T0 = Scene.Start;
    private static readonly MxPattern Old = MxPattern.Parse("mx1.example.com");

    // Every row of the table: the domain serves "served", the spec has "spec" now, and the DNS shows "live" ("?": not known).
    [Theory]
    [InlineData("mx1.example.com mx2.example.com", "mx2.example.com", "?", Reason.DnsLookupFailed, false, "which MX are live is not known")]
    [InlineData("mx1.example.com mx2.example.com", "mx2.example.com", "mx1.example.com", Reason.MxInUse, false, "it is live")]
    [InlineData("mx1.example.com mx2.example.com", "mx2.example.com", "mx1.example.com mx2.example.com", Reason.MxInUse, false, "it is live beside another")]
    [InlineData("mx1.example.com mx2.example.com", "*.example.com", "mx1.example.com", Reason.MxCached, true, "it is live, but another pattern of the spec matches it")]
    [InlineData("mx1.example.com mx2.example.com", "mx2.example.com", "mx2.example.com", Reason.MxCached, true, "resolvers may give it for one TTL")]
    [InlineData("mx1.example.com", "mx2.example.com", "mx2.example.com", Reason.MxCached, true, "the same, and it is the only one of the policy")]
    public void A_removed_pattern_is_kept(string served, string spec, string live, Reason why, bool hasEnd, string because)
    {
        var kept = Look(Published(served), spec, live, T0).Next.KeptMx.SingleOrDefault(k => k.Pattern == Old);

        Assert.True(why == kept?.Why, $"{because}: {kept}");
        Assert.Equal(hasEnd ? T0.AddSeconds(Ttl) : null, kept.Until);
    }

    [Fact]
    public void A_pattern_that_no_live_mx_needs_goes_after_one_ttl_of_the_mx_records_and_not_earlier()
    {
        var state = Look(Published("mx1.example.com mx2.example.com"), "mx2.example.com", "mx2.example.com", T0).Next;

        var before = Look(state, "mx2.example.com", "mx2.example.com", T0.AddSeconds(Ttl - 1)).Next;
        Assert.Equal("mx1.example.com mx2.example.com", Served(before));

        var after = Look(before, "mx2.example.com", "mx2.example.com", T0.AddSeconds(Ttl)).Next;
        Assert.Equal("mx2.example.com", Served(after));
        Assert.Empty(after.KeptMx);
    }

    [Fact]
    public void The_ttl_begins_when_the_last_live_mx_has_left()
    {
        var state = Look(Published("mx1.example.com mx2.example.com"), "mx2.example.com", "mx1.example.com mx2.example.com", T0).Next;

        var left = Look(state, "mx2.example.com", "mx2.example.com", T0.AddDays(5)).Next;
        Assert.Equal(T0.AddDays(5).AddSeconds(Ttl), left.KeptMx.Single().Until);

        var back = Look(left, "mx2.example.com", "mx1.example.com", T0.AddDays(5).AddSeconds(60)).Next;
        Assert.Equal((Reason.MxInUse, null), (back.KeptMx.Single().Why, back.KeptMx.Single().Until));

        var again = Look(back, "mx2.example.com", "mx2.example.com", T0.AddDays(6)).Next;
        Assert.Equal(T0.AddDays(6).AddSeconds(Ttl), again.KeptMx.Single().Until);
    }

    [Fact]
    public void The_longest_ttl_that_was_seen_counts_though_the_records_have_a_shorter_one_now()
    {
        var intent = Scene.Intent("mx2.example.com");
        var state = Look(Published("mx1.example.com mx2.example.com"), "mx2.example.com", "mx1.example.com", T0).Next;

        var kept = Decider.Decide(intent, state, Scene.Healthy() with { LiveMx = ["mx2.example.com"], MxTtlSeconds = 60 }, T0).Next.KeptMx.Single();

        Assert.Equal((T0.AddSeconds(Ttl), Ttl), (kept.Until, kept.TtlSeconds));
    }

    // The whole migration: what senders hold names mx1 alone until it has expired.
    [Fact]
    public void A_pattern_stays_while_senders_hold_a_policy_in_which_it_is_the_only_match()
    {
        var state = Published("mx1.example.com");
        var both = Look(state, "mx1.example.com mx2.example.com", "mx1.example.com", T0).Next;
        var named = Look(Look(both, "mx1.example.com mx2.example.com", "mx1.example.com", T0.AddMinutes(1)).Next, "mx1.example.com mx2.example.com", "mx1.example.com", T0.AddMinutes(2)).Next;
        Assert.True(named.IsPublished);

        var kept = Look(named, "mx2.example.com", "mx2.example.com", T0.AddDays(1)).Next.KeptMx.Single();

        Assert.Equal((Reason.MxCached, T0.AddMinutes(2).AddDays(84)), (kept.Why, kept.Until));
    }

    [Fact]
    public void A_pattern_that_comes_back_into_the_spec_is_kept_no_more_and_stays()
    {
        var state = Look(Published("mx1.example.com mx2.example.com"), "mx2.example.com", "mx2.example.com", T0).Next;

        var back = Look(state, "mx1.example.com mx2.example.com", "mx2.example.com", T0.AddMinutes(5)).Next;

        Assert.Equal("mx1.example.com mx2.example.com", Served(back));
        Assert.Empty(back.KeptMx);
    }

    [Fact]
    public void A_pattern_is_kept_through_a_change_of_stage()
    {
        var intent = Scene.Intent("mx2.example.com") with { Target = TargetMode.Testing };
        var evidence = Scene.Healthy() with { LiveMx = ["mx1.example.com"], MxTtlSeconds = Ttl };

        var lowered = Decider.Decide(intent, Published("mx1.example.com mx2.example.com"), evidence, T0).Next;

        Assert.Equal(("testing", "mx1.example.com mx2.example.com"), (lowered.Stage, Served(lowered)));
    }

    private static string Served(RolloutState state) => string.Join(' ', state.Served!.Policy.Mx);

    private static RolloutState Published(string mx) => Scene.PublishedIn(Scene.Intent(mx.Split(' ')), "enforce", T0.AddDays(-1));

    private static Decision Look(RolloutState state, string spec, string live, DateTimeOffset now) => Decider.Decide(
        Scene.Intent(spec.Split(' ')),
        state,
        Scene.Healthy() with { LiveMx = live == "?" ? [] : [.. live.Split(' ')], LiveMxKnown = live != "?", MxTtlSeconds = live == "?" ? 0 : Ttl },
        now);
}
