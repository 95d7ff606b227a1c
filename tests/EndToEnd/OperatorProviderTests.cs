using System.Diagnostics;

namespace MtaSts.EndToEnd;

/// <summary>A provider that refuses.</summary>
public sealed class OperatorProviderTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    private static readonly TimeSpan CountedFor = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_wrong_secret_is_named_holds_nobody_else_up_and_goes_on_without_a_restart_once_it_is_right()
    {
        var scene = world.Scene;
        var wrong = Convert.ToBase64String(new byte[64]);
        await scene.ApplyAsync(scene.Provider("refused", secret: wrong) + scene.Class("refused", OperatorClasses.Slow, provider: "refused"));
        await scene.AddDomainAsync("tsig.test");
        await scene.AddDomainAsync("beside.test");
        await scene.ApplyAsync(OperatorScene.Policy("tsig", "tsig.test", "className: refused") + OperatorScene.Policy("beside", "beside.test"));
        var refused = await scene.UntilAsync("tsig", p => p.Reason == "ProviderCredentialsRefused", "the refusal is named");
        Assert.Equal(("False", "ProviderCredentialsRefused"), (refused.Condition("DnsPublished", "status"), refused.Condition("DnsPublished", "reason")));
        Assert.Equal("", refused.Mode);

        var from = DateTimeOffset.UtcNow;
        var process = scene.World.OperatorProcess;
        await scene.UntilStageAsync("beside", "enforce");
        await Task.Delay(Max(CountedFor - (DateTimeOffset.UtcNow - from), TimeSpan.Zero), TestContext.Current.CancellationToken);
        var time = DateTimeOffset.UtcNow - from;
        var attempts = (await scene.Mail.Dns.UpdatesAsync(TestContext.Current.CancellationToken))
            .Count(u => u.At > from && u.Text.Contains("BADSIG", StringComparison.OrdinalIgnoreCase));
        OperatorScene.Tell($"{attempts} signed messages were refused in {time.TotalSeconds:0} s");
        // One pass an interval (a second) at the most, one message a name.
        Assert.InRange(attempts, 1, (int)(time.TotalSeconds + 2) * 2);

        var corrected = Stopwatch.GetTimestamp();
        await scene.ApplyAsync(scene.Provider("refused"));
        await scene.UntilStageAsync("tsig", "testing");
        OperatorScene.Tell($"published {Stopwatch.GetElapsedTime(corrected).TotalSeconds:0.0} s after the Secret was right");
        Assert.Equal(process, scene.World.OperatorProcess);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
