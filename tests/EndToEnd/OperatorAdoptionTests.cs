using System.Collections.Concurrent;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>A domain that is live under somebody else's hand before its policy is.</summary>
public sealed class OperatorAdoptionTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    private const string TheirId = "20250101T000000";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_domain_that_is_enforced_elsewhere_is_left_alone_until_it_is_adopted_and_then_never_goes_back_to_testing()
    {
        var scene = world.Scene;
        const string policy = $"version: STSv1\nmode: enforce\nmx: {OperatorScene.Mx}\nmax_age: 604800\n";
        await using var origin = OperatorForeignHost.Start(scene.Mail, "elsewhere.test", policy);
        await scene.AddDomainAsync(
            "elsewhere.test",
            new ZoneRecord("_mta-sts", "TXT", $"\"v=STSv1; id={TheirId};\""), new ZoneRecord("mta-sts", "A", $"{scene.Mail.HostAddress}"));
        var theirs = await scene.Mail.Sender.QueryPolicyAsync("elsewhere.test", Token);
        Assert.True(theirs is { Result: "VALID", Mode: "enforce", Id: TheirId }, theirs.Raw);

        await scene.ApplyAsync(OperatorScene.Policy("elsewhere", "elsewhere.test", "className: fast"));
        var refused = await scene.UntilAsync("elsewhere", p => p.Reason == "RecordNotOwned", "it is refused");
        Assert.Equal("True", refused.Condition("Stalled", "status"));
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(4), async () =>
            (await scene.UpdatesAsync("elsewhere.test")).Count > 0 ? "the DNS was changed"
            : await scene.PolicyAsync("elsewhere") is { ServedId.Length: > 0 } acting ? acting.ToString() : null);

        // What a sender without a copy is given, all the way.
        var modes = new ConcurrentQueue<string>();
        var adopted = false;
        var watch = WatchAsync();
        await scene.PatchSpecAsync("elsewhere", """{"adoption":"Adopt"}""");
        var entered = await scene.UntilAsync("elsewhere", p => p.Stage.Length > 0, "it is adopted");
        Assert.Equal("enforce-1d Adopted", entered.Moves[0]);
        Assert.Contains(entered.Ledger, e => (e.Id, e.Mode, e.MaxAge) == (TheirId, "enforce", 604800));
        var ours = await scene.UntilStageAsync("elsewhere", "enforce");
        Assert.Contains(ours.Ledger, e => (e.Id, e.Mode, e.MaxAge) == (TheirId, "enforce", 604800));
        await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("elsewhere.test") == ours.Id, "the record names ours");
        adopted = true;
        await watch;
        OperatorScene.Tell($"seen meanwhile: {string.Join(", ", modes.CountBy(m => m).Select(m => $"{m.Value} x {m.Key}"))}");
        Assert.Contains("VALID enforce", modes);
        Assert.DoesNotContain(modes, m => m.EndsWith(" testing", StringComparison.Ordinal) || m.StartsWith("NONE", StringComparison.Ordinal));

        async Task WatchAsync()
        {
            while (!adopted)
            {
                var seen = await scene.Mail.Sender.QueryPolicyAsync("elsewhere.test", CancellationToken.None);
                modes.Enqueue($"{seen.Result} {seen.Mode}");
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
            }
        }
    }
}
