namespace MtaSts.EndToEnd;

/// <summary>What the owner asks for after the first publication, and what the operator finds again when it has forgotten.</summary>
public sealed class OperatorRolloutTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    internal static OperatorDomain[] Domains { get; } =
    [
        new("retreat"),
        new("paused", "paused: true"),
        new("manual", "className: manual"),
        new("mxadded"),
        new("mxkept")
        {
            Mx = [OperatorScene.Mx, OperatorScene.SecondMx],
            Records = [new TestBed.Mail.ZoneRecord("@", "MX", $"20 {OperatorScene.SecondMx}.")],
        },
        new("lost"),
        new("guarded", "className: guarded"),
    ];

    [Fact]
    public async Task Target_testing_takes_an_enforced_domain_back_in_the_right_order_and_target_enforce_soaks_again()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync("retreat", "enforce");

        var asked = DateTimeOffset.UtcNow;
        await using (var order = OperatorOrderWatch.Start(scene, "retreat.test"))
        {
            await scene.PatchSpecAsync("retreat", """{"targetMode":"testing"}""");
            var back = await scene.UntilAsync("retreat", p => p is { Stage: "testing", Mode: "testing" } && p.Id == p.ServedId, "the domain goes back to testing");
            OperatorScene.Tell($"retreat published {(DateTimeOffset.UtcNow - asked).TotalSeconds:0.0} s after the owner asked");
            Assert.NotEqual(enforced.Id, back.Id);
            Assert.Equal("testing OwnerLowered", back.Moves[^1]);
            var age = back.CachedUntil - asked;
            var held = TimeSpan.FromDays(84) + TimeSpan.FromSeconds(60); // max_age, and the TTL for which a resolver may name it
            Assert.InRange(age ?? TimeSpan.Zero, held, held + TimeSpan.FromSeconds(15));
            await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("retreat.test") == back.Id, "the record names the new id");
            await order.RequireIdsAsync(enforced.Id, back.Id);
        }

        await scene.PatchSpecAsync("retreat", """{"targetMode":"enforce"}""");
        var again = await scene.UntilAsync("retreat", p => p.Stage == "enforce-1d", "the domain is promoted again");
        Assert.Equal("enforce-1d SoakElapsed", again.Moves[^1]);
        Assert.True(again.MovedAt - asked >= TimeSpan.FromSeconds(3), "the soak of the testing stage began anew");
    }

    [Fact]
    public async Task Paused_holds_the_stage_and_goes_on_when_it_is_over()
    {
        var scene = world.Scene;
        await scene.UntilAsync("paused", p => p.Reason == "Paused", "the soak is over and the owner's pause is named");
        // Bounded: nothing moves while it is paused.
        await OperatorScene.StaysAsync(Quiet, async () => await scene.PolicyAsync("paused") is { Stage: not "testing" } moved ? moved.ToString() : null);

        await scene.PatchSpecAsync("paused", """{"paused":false}""");
        await scene.UntilStageAsync("paused", "enforce");
    }

    [Fact]
    public async Task A_manual_stage_waits_for_its_approval()
    {
        var scene = world.Scene;
        var waiting = await scene.UntilAsync("manual", p => p.Reason == "ApprovalMissing", "the missing approval is named");
        Assert.Contains("spec.approvedStages", waiting.Message, StringComparison.Ordinal);
        await OperatorScene.StaysAsync(Quiet, async () => await scene.PolicyAsync("manual") is { Stage: not "testing" } moved ? moved.ToString() : null);

        await scene.PatchSpecAsync("manual", """{"approvedStages":["enforce"]}""");
        await scene.UntilStageAsync("manual", "enforce");
    }

    [Fact]
    public async Task An_mx_added_to_spec_is_served_before_the_record_names_the_new_document()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("mxadded", "enforce");

        await using var order = OperatorOrderWatch.Start(scene, "mxadded.test");
        await scene.PatchSpecAsync("mxadded", $$"""{"mx":["{{OperatorScene.Mx}}","{{OperatorScene.SecondMx}}"]}""");
        var after = await scene.UntilAsync("mxadded", p => p.Id != before.Id && p.Id == p.ServedId, "another id is published");
        await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("mxadded.test") == after.Id, "the record names it");
        await order.RequireIdsAsync(before.Id, after.Id);
        Assert.Equal("enforce", after.Stage);
        Assert.Equal([OperatorScene.Mx, OperatorScene.SecondMx], after.ServedMx);
        Assert.Equal(before.Moves, after.Moves);
    }

    [Fact]
    public async Task An_mx_taken_out_of_spec_is_served_for_as_long_as_a_live_mx_needs_it()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("mxkept", "enforce");

        await scene.PatchSpecAsync("mxkept", $$"""{"mx":["{{OperatorScene.Mx}}"]}""");
        var kept = await scene.UntilAsync("mxkept", p => p.Message.Contains(OperatorScene.SecondMx, StringComparison.Ordinal), "the status says what is kept");
        Assert.Equal(before.Id, kept.Id);
        Assert.Equal([OperatorScene.Mx, OperatorScene.SecondMx], kept.ServedMx);
        await OperatorScene.StaysAsync(Quiet, async () => await scene.LiveIdAsync("mxkept.test") == before.Id ? null : "the record changed");

        await scene.Mail.Dns.UpdateAsync("mxkept.test", [$"delete mxkept.test. MX 20 {OperatorScene.SecondMx}."], null, TestContext.Current.CancellationToken);
        var dropped = await scene.UntilAsync("mxkept", p => p.Id != before.Id && p.Id == p.ServedId, "the pattern goes when no live MX needs it");
        Assert.Equal([OperatorScene.Mx], dropped.ServedMx);
        Assert.Equal("enforce", dropped.Mode);
    }

    [Fact]
    public async Task A_lost_status_is_found_again_at_the_same_stage_with_the_same_id()
    {
        var scene = world.Scene;
        // Settled: the stage is written before its record is.
        var before = await scene.UntilAsync("lost", p => p is { Stage: "enforce", Reason: "TargetReached" }, "the domain is settled");
        var updates = (await scene.UpdatesAsync("lost.test")).Count;

        await scene.LoseStatusAsync("lost");
        var after = await scene.UntilStageAsync("lost", "enforce");
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(before.Mode, after.Mode);
        Assert.Equal(["enforce Resumed"], after.Moves);
        Assert.Equal(updates, (await scene.UpdatesAsync("lost.test")).Count);
    }

    [Fact]
    public async Task Without_allowed_addresses_a_private_network_is_not_looked_into_and_nothing_is_published()
    {
        var scene = world.Scene;
        var guarded = await scene.UntilAsync(
            "guarded", p => p.Condition("MxHealthy", "message").Contains("the class does not allow it", StringComparison.Ordinal), "the guard is named");
        Assert.Equal("Unknown", guarded.Condition("MxHealthy", "status"));
        Assert.Equal("False", guarded.Ready);
        await OperatorScene.StaysAsync(
            Quiet, async () => await scene.LiveIdAsync("guarded.test") is { } id ? $"id {id} is published" : null);
        Assert.Equal("", (await scene.PolicyAsync("guarded"))!.Mode);
    }
}
