using MtaSts.TestBed.Mail;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>The mail servers of an enforced domain change, by its owner's plan and against it.</summary>
public sealed class OperatorMxTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    private const string OldMx = "old.mx.test";
    private const string NewMx = "new.mx.test";

    /// <summary>The last stage wants an approval, which says when a domain could move up.</summary>
    internal static readonly string[] Stages =
    [
        "name: testing, mode: testing, maxAge: 5s, soak: 1s",
        "name: enforce-5s, mode: enforce, maxAge: 5s, soak: 1s",
        "name: enforce, mode: enforce, maxAge: 1d, approval: Manual",
    ];

    internal static OperatorDomain[] Domains { get; } = [new("strays", "className: manual")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enforced_domain_changes_its_mail_servers_and_each_mail_is_delivered()
    {
        var scene = world.Scene;
        var servers = new[] { OldMx, NewMx }.ToDictionary(host => host, host => new MxOptions(host, scene.Mail.Ca.Issue(host), ["migrates.test"]));
        var old = await scene.Mail.AddMxAsync(servers[OldMx], Token);
        var fresh = await scene.Mail.AddMxAsync(servers[NewMx], Token);
        await scene.Mail.Dns.AddZoneAsync("migrates.test", [new ZoneRecord("@", "MX", $"10 {OldMx}.")], Token);
        await scene.ApplyAsync(OperatorScene.Policy("migrates", "migrates.test", "", OldMx));
        var before = await scene.UntilStageAsync("migrates", "enforce");
        await RequireDeliveryAsync(scene, old);

        // The union is served and published before anything else changes.
        await scene.PatchSpecAsync("migrates", $$"""{"mx":["{{NewMx}}","{{OldMx}}"]}""");
        var union = await scene.UntilAsync("migrates", p => p.Id != before.Id && p.Id == p.ServedId && p.Dns == "True", "the union is published");
        Assert.Equal([NewMx, OldMx], union.ServedMx);
        await RequireDeliveryAsync(scene, old);

        // Taken out of spec.mx too early: the live MX still needs it.
        await scene.PatchSpecAsync("migrates", $$"""{"mx":["{{NewMx}}"]}""");
        var inUse = await scene.UntilAsync("migrates", p => p.KeptMx is [(OldMx, "MxInUse", null)], "the pattern is kept for the live MX");
        Assert.Equal(union.Id, inUse.Id);
        await scene.UntilAsync("migrates", p => p.Message.Contains(OldMx, StringComparison.Ordinal), "Ready names what is kept, once the record has spread");
        await RequireDeliveryAsync(scene, old);

        await scene.Mail.Dns.UpdateAsync("migrates.test", [$"delete migrates.test. MX 10 {OldMx}.", $"add migrates.test. 1 MX 10 {NewMx}."], null, Token);
        var cached = await scene.UntilAsync("migrates", p => p.KeptMx is [(OldMx, "MxCached", not null)], "the pattern is kept for what resolvers and senders hold");
        var until = cached.KeptMx[0].Until!.Value;
        await RequireDeliveryAsync(scene, fresh);

        var after = await scene.UntilAsync("migrates", p => p.KeptMx.Count == 0 && p.Id != union.Id && p.Id == p.ServedId && p.Dns == "True", "the pattern goes");
        OperatorScene.Tell($"kept until {until:HH:mm:ss}, which was {(after.Resource is null ? 0 : (DateTimeOffset.UtcNow - until).TotalSeconds):0.0} s ago");
        Assert.True(DateTimeOffset.UtcNow >= until, $"the pattern went before {until:O}");
        Assert.Equal([NewMx], after.ServedMx);
        Assert.Equal(("enforce", before.Moves.Count), (after.Mode, after.Moves.Count));
        await RequireDeliveryAsync(scene, fresh);
        var seen = await scene.Mail.Sender.QueryPolicyAsync("migrates.test", Token);
        Assert.True(seen is { Result: "VALID", Mode: "enforce", Mx: [NewMx] }, seen.Raw);
    }

    [Fact]
    public async Task A_live_mx_that_no_pattern_names_raises_the_alarm_stops_promotion_and_is_not_taken_into_the_policy()
    {
        var scene = world.Scene;
        var before = await scene.UntilAsync("strays", p => p is { Stage: "enforce-5s", Reason: "ApprovalMissing" }, "it could move up");
        await scene.Mail.Dns.UpdateAsync("strays.test", [$"add strays.test. 1 MX 20 {OperatorScene.SecondMx}."], null, Token);
        var degraded = await scene.UntilAsync("strays", p => p.Condition("Degraded", "status") == "True", "the alarm");
        Assert.Contains(OperatorScene.SecondMx, degraded.Condition("Degraded", "message"), StringComparison.Ordinal);
        Assert.Equal("False", degraded.Ready);
        await Eventually.HoldsAsync(
            async () => (await scene.EventsAsync("strays")).Any(e => e.StartsWith("Warning Degraded", StringComparison.Ordinal)), "an event tells of it");

        await scene.PatchSpecAsync("strays", """{"approvedStages":["enforce"]}""");
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(6), async () => await scene.PolicyAsync("strays") is { } now
            && (now.Stage, now.Id, now.ServedId) == (before.Stage, before.Id, before.Id) && now.ServedMx is [OperatorScene.Mx]
                ? null
                : "it moved, or its policy changed");
        Assert.Equal(before.Id, await scene.LiveIdAsync("strays.test"));

        await scene.Mail.Dns.UpdateAsync("strays.test", [$"delete strays.test. MX 20 {OperatorScene.SecondMx}."], null, Token);
        var well = await scene.UntilStageAsync("strays", "enforce");
        Assert.Equal("", well.Condition("Degraded", "status"));
    }

    private static async Task RequireDeliveryAsync(OperatorScene scene, MxServer server)
    {
        var mail = await scene.Mail.Sender.SendAsync("a@sender.test", "b@migrates.test", Token);
        var outcome = await scene.Mail.Sender.OutcomeAsync(mail, Deadlines.Work, Token);
        Assert.Equal("Verified", Assert.IsType<SendOutcome.Delivered>(outcome).Tls);
        Assert.True((await server.ReceivedAsync(mail, Deadlines.Work, Token))?.OverTls, $"{server.HostName} has it");
    }
}
