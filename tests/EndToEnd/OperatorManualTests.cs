namespace MtaSts.EndToEnd;

/// <summary>A provider that writes nothing: somebody does to the zone what the status lists.</summary>
public sealed class OperatorManualTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    private const string Zone = "byhand.test";

    internal static OperatorDomain[] Domains { get; } = [new("byhand", "className: byhand")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_who_does_what_the_status_lists_brings_a_domain_to_enforce_and_down_again()
    {
        var scene = world.Scene;
        var waiting = await scene.UntilAsync("byhand", p => p.RecordsByHand.Count > 0, "the first record is listed");
        Assert.Equal(("RecordsByHand", "True"), (waiting.Reason, waiting.Condition("Stalled", "status")));
        Assert.All(waiting.RecordsByHand, line => Assert.Contains($"{Zone}. 60 IN ", line, StringComparison.Ordinal));

        var enforced = await FollowAsync(scene, p => p is { Stage: "enforce", Reason: "TargetReached" });
        Assert.Equal(["testing Started", "enforce-1d SoakElapsed", "enforce SoakElapsed"], enforced.Moves);
        Assert.Equal(enforced.Id, await scene.LiveIdAsync(Zone));
        Assert.Empty(enforced.RecordsByHand);

        // A status that is lost is found again by the record, which carries no mark.
        await scene.LoseStatusAsync("byhand");
        var again = await scene.UntilStageAsync("byhand", "enforce");
        Assert.Equal((enforced.Id, "enforce Resumed"), (again.Id, Assert.Single(again.Moves)));

        Assert.DoesNotContain(await scene.UpdatesAsync(Zone), update => update.Key == scene.Mail.Dns.Sha512Key.Name);
    }

    // Whoever it is that looks at the status now and then, and copies its lines.
    private static async Task<TestBed.PolicyObject> FollowAsync(OperatorScene scene, Func<TestBed.PolicyObject, bool> holds)
    {
        TestBed.PolicyObject? now = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                now = await scene.PolicyAsync("byhand");
                foreach (var line in now!.RecordsByHand)
                {
                    var (name, rest) = (line.Split(' ')[0], line.Split(' ', 5));
                    var written = await scene.Mail.Dns.UpdateAsync(
                        Zone, [$"delete {name} {rest[3]}", $"add {name} {rest[1]} {rest[3]} {rest[4]}"], null, Token);
                    Assert.True(written.Succeeded, line);
                }

                return holds(now);
            },
            "the domain comes to its end");
        return now!;
    }
}
