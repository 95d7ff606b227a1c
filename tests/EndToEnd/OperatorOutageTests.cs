using System.Diagnostics;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>What the operator stands on goes away for a while.</summary>
[Collection(OperatorOutagesCollection.Name)]
public sealed class OperatorOutageTests(OperatorOutagesFixture fixture)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CountedFor = TimeSpan.FromSeconds(12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_api_server_is_away_policies_are_served_and_afterwards_the_soak_goes_on()
    {
        var scene = fixture.Scene;
        await scene.ApplyAsync(scene.Class("soaking", ["name: testing, mode: testing, maxAge: 1d, soak: 8s", OperatorClasses.Fast[^1]]));
        await scene.AddDomainAsync("outage.test");
        await scene.ApplyAsync(OperatorScene.Policy("outage", "outage.test", "className: soaking"));
        var soaking = await scene.UntilAsync("outage", p => p is { Stage: "testing", Reason: "Soaking" }, "the soak runs");
        var restarts = scene.World.Kubelet.Restarts(OperatorWorld.SystemNamespace, OperatorWorld.OperatorDeployment);

        await scene.ControlPlane.StopApiServerAsync();
        var fetches = 0;
        try
        {
            var began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < Outage)
            {
                Assert.Equal(soaking.Id, await scene.DocumentIdAsync("outage.test"));
                fetches++;
                await Task.Delay(TimeSpan.FromSeconds(1), Token);
            }
        }
        finally
        {
            await scene.ControlPlane.StartApiServerAsync(Token);
        }

        var back = Stopwatch.GetTimestamp();
        OperatorScene.TellTakeOver("API server away for 15 s", await scene.AnswerAsync("outage"));
        var enforced = await scene.UntilStageAsync("outage", "enforce");
        Assert.Equal(["testing Started", "enforce SoakElapsed"], enforced.Moves);
        OperatorScene.Tell(
            $"{fetches} fetches while it was away; enforced {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after it was back; "
            + $"the operator was restarted {scene.World.Kubelet.Restarts(OperatorWorld.SystemNamespace, OperatorWorld.OperatorDeployment) - restarts} times");
    }

    [Fact]
    public async Task While_the_name_server_is_away_it_is_named_and_seldom_asked_and_afterwards_all_goes_on()
    {
        var scene = fixture.Scene;
        await scene.AddDomainAsync("settled.test");
        await scene.AddDomainAsync("late.test");
        await scene.ApplyAsync(OperatorScene.Policy("settled", "settled.test", "className: slow"));
        var settled = await scene.UntilStageAsync("settled", "testing");

        await scene.Mail.Dns.StopPrimaryAsync();
        try
        {
            await scene.ApplyAsync(OperatorScene.Policy("late", "late.test", "className: slow"));
            var away = await scene.UntilAsync(
                "settled", p => p.Condition("DnsPublished", "status") is "False" or "Unknown", "the outage is in the status of a settled domain");
            Assert.Contains(away.Condition("DnsPublished", "reason"), new[] { "ProviderUnavailable", "DnsLookupFailed" });
            var before = Attempts(scene);
            await Task.Delay(CountedFor, Token);
            var attempts = Attempts(scene) - before;
            OperatorScene.Tell($"{attempts} calls of the provider failed in {CountedFor.TotalSeconds:0} s");
            // A back-off that doubles from half a second leaves room for five passes, of one call a name.
            Assert.InRange(attempts, 0, 5 * 4);
            Assert.Equal(settled.Id, await scene.DocumentIdAsync("settled.test"));
            Assert.Equal((settled.Stage, settled.Id), (away.Stage, away.Id));
        }
        finally
        {
            await scene.Mail.Dns.StartPrimaryAsync(Token);
        }

        var back = Stopwatch.GetTimestamp();
        await scene.UntilAsync("settled", p => p.Condition("DnsPublished", "status") == "True" && p.Ready == "True", "the settled domain is well again");
        await scene.UntilStageAsync("late", "testing");
        OperatorScene.Tell($"both go on {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after it was back");
    }

    private static int Attempts(OperatorScene scene) =>
        scene.OperatorLog("ProviderUnavailable", int.MaxValue).Split('\n').Count(line => line.Contains("settled.test", StringComparison.Ordinal));
}
