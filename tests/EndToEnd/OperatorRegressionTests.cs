using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>The mail servers of an enforced domain fail.</summary>
public sealed class OperatorRegressionTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    /// <summary>Lines of spec.rollout: a failure is confirmed by two looks over two seconds.</summary>
    internal const string StepBack = "    onRegression: StepBack\n    stepBack: { looks: 2, timeMin: 2s }\n";

    // Longer than a failure takes to be confirmed.
    private static readonly TimeSpan Bounded = TimeSpan.FromSeconds(8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hold_raises_the_alarm_and_stays_enforced()
    {
        var (scene, server, before) = await EnforcedAsync("holds", "");
        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue("other.mx.test"), Token);
        var degraded = await scene.UntilAsync("holds", p => p.Condition("Degraded", "status") == "True", "the alarm");
        Assert.Contains("stays enforced", degraded.Condition("Degraded", "message"), StringComparison.Ordinal);
        Assert.Equal("False", degraded.Ready);
        await Eventually.HoldsAsync(
            async () => (await scene.EventsAsync("holds")).Any(e => e.StartsWith("Warning Degraded", StringComparison.Ordinal)), "an event tells of it");
        await OperatorScene.StaysAsync(Bounded, async () =>
            await scene.PolicyAsync("holds") is { } now && (now.Stage, now.Id, now.ServedId) == ("enforce", before.Id, before.Id) ? null : "it moved");
        Assert.Equal(before.Id, await scene.LiveIdAsync("holds.test"));

        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue(server.HostName), Token);
        await scene.UntilAsync("holds", p => p.Condition("Degraded", "status") == "" && p.Ready == "True", "the alarm ends with the failure");
    }

    [Fact]
    public async Task StepBack_goes_to_testing_when_the_failure_is_confirmed_and_not_when_nobody_reaches_the_server()
    {
        var (scene, server, before) = await EnforcedAsync("steps", "className: stepback");
        await server.StopAsync();
        await scene.UntilAsync("steps", p => p.Condition("MxHealthy", "reason") == "MxUnreachable", "the server is seen to be down");
        await OperatorScene.StaysAsync(
            Bounded, async () => await scene.PolicyAsync("steps") is { } now && (now.Stage, now.Id) == ("enforce", before.Id) ? null : "it moved");

        await server.StartAsync(Token);
        await scene.UntilAsync("steps", p => p.Condition("MxHealthy", "status") == "True", "the server answers again");
        await using var order = OperatorOrderWatch.Start(scene, "steps.test");
        var failed = DateTimeOffset.UtcNow;
        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue("other.mx.test"), Token);
        var back = await scene.UntilAsync("steps", p => p is { Stage: "testing", Mode: "testing" } && p.Id == p.ServedId, "it steps back");
        OperatorScene.Tell($"stepped back {(back.MovedAt - failed)?.TotalSeconds:0.0} s after the failure");
        Assert.Equal("testing SteppedBack", back.Moves[^1]);
        Assert.True(back.MovedAt - failed >= TimeSpan.FromSeconds(2), "it is confirmed first");
        Assert.True(back.CachedUntil >= failed + OperatorLivesFixture.MaxAge, $"senders keep the enforced policy: {back.CachedUntil:O}");
        await order.RequireIdsAsync(before.Id, back.Id);
        await Eventually.HoldsAsync(
            async () => (await scene.EventsAsync("steps")).Any(e => e.StartsWith("Warning SteppedBack", StringComparison.Ordinal)), "an event tells of it");

        await server.ReplaceCertificateAsync(scene.Mail.Ca.Issue(server.HostName), Token);
        var again = await scene.UntilStageAsync("steps", "enforce");
        Assert.Equal(["testing SteppedBack", "enforce SoakElapsed"], again.Moves.TakeLast(2));
    }

    private Task<(OperatorScene Scene, MxServer Server, TestBed.PolicyObject Policy)> EnforcedAsync(string name, string more) => EnforcedAsync(world.Scene, name, more);

    /// <summary>A domain with a mail server of its own, when it is enforced.</summary>
    internal static async Task<(OperatorScene Scene, MxServer Server, TestBed.PolicyObject Policy)> EnforcedAsync(OperatorScene scene, string name, string more)
    {
        var host = $"{name}.mx.test";
        var server = await scene.Mail.AddMxAsync(new MxOptions(host, scene.Mail.Ca.Issue(host), [$"{name}.test"]), Token);
        await scene.Mail.Dns.AddZoneAsync($"{name}.test", [new ZoneRecord("@", "MX", $"10 {host}.")], Token);
        await scene.ApplyAsync(OperatorScene.Policy(name, $"{name}.test", more, host));
        return (scene, server, await scene.UntilStageAsync(name, "enforce"));
    }
}
