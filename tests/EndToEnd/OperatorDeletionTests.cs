namespace MtaSts.EndToEnd;

/// <summary>Taking a domain down, or letting go of it, or failing to. Plain deletion is in <see cref="OperatorOwnershipTests"/>, retirement in <see cref="OperatorRetirementTests"/>.</summary>
public sealed class OperatorDeletionTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    internal static OperatorDomain[] Domains { get; } =
    [
        new("orphan", "deletionPolicy: Orphan"),
        new("older", "className: slow"),
    ];

    [Fact]
    public async Task Orphan_leaves_the_policy_live_and_a_new_resource_goes_on_from_there()
    {
        var scene = world.Scene;
        var before = await scene.UntilStageAsync("orphan", "enforce");

        await scene.DeleteAsync("orphan");
        await scene.UntilGoneAsync("orphan");
        var updates = (await scene.UpdatesAsync("orphan.test")).Count;
        var seen = await scene.Mail.Sender.QueryPolicyAsync("orphan.test", TestContext.Current.CancellationToken);
        Assert.True(seen is { Result: "VALID", Mode: "enforce" }, seen.Raw);

        await scene.ApplyAsync(Domains[0].Manifest);
        var after = await scene.UntilStageAsync("orphan", "enforce");
        Assert.Equal(["enforce Resumed"], after.Moves);
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(updates, (await scene.UpdatesAsync("orphan.test")).Count);
    }

    [Fact]
    public async Task Deletion_waits_for_a_provider_that_is_away_says_the_way_out_and_ends_when_it_is_back()
    {
        var scene = world.Scene;
        await scene.ApplyAsync(scene.Provider("away") + scene.Class("away", OperatorClasses.Slow, provider: "away"));
        await scene.AddDomainAsync("away.test");
        await scene.ApplyAsync(OperatorScene.Policy("away", "away.test", "className: away, deletionPolicy: Delete"));
        var live = await scene.UntilStageAsync("away", "testing");

        // A port on which nobody answers.
        await scene.ApplyAsync(scene.Provider("away", server: $"{scene.Mail.Dns.PrimaryAddress}:5399"));
        await scene.DeleteAsync("away");
        await Eventually.HoldsAsync(
            async () => (await scene.EventsAsync("away")).Any(e =>
                e.StartsWith("Warning ProviderUnavailable", StringComparison.Ordinal) && e.Contains("spec.deletionPolicy to Orphan", StringComparison.Ordinal)),
            "an event names the trouble and the way out");
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(3), async () =>
            await scene.PolicyAsync("away") is null ? "the resource is gone"
            : await scene.LiveIdAsync("away.test") != live.Id ? "the record is gone"
            : await scene.DocumentIdAsync("away.test") != live.Id ? "the document is gone" : null);

        var back = DateTimeOffset.UtcNow;
        await scene.ApplyAsync(scene.Provider("away"));
        await scene.UntilGoneAsync("away");
        OperatorScene.Tell($"finished {(DateTimeOffset.UtcNow - back).TotalSeconds:0.0} s after the provider was back");
        Assert.Empty(await scene.TracesAsync("away.test"));
    }

    [Fact]
    public async Task The_younger_claimant_goes_without_a_trace_and_takes_over_when_the_older_one_goes()
    {
        var scene = world.Scene;
        var first = await scene.UntilStageAsync("older", "testing");
        // Creation times count whole seconds; a younger one of the same second would be told apart by its name.
        await Eventually.HoldsAsync(() => DateTimeOffset.UtcNow.Ticks / TimeSpan.TicksPerSecond > first.MovedAt!.Value.Ticks / TimeSpan.TicksPerSecond, "a second passes");
        var younger = OperatorScene.Policy("team-b/younger", "older.test", "className: slow", OperatorScene.Mx, OperatorScene.SecondMx);
        await scene.ApplyAsync(younger);
        await scene.UntilAsync("team-b/younger", p => p.Reason == "DomainClaimedByOther", "the younger one is told");

        var updates = (await scene.UpdatesAsync("older.test")).Count;
        await scene.DeleteAsync("team-b/younger");
        await scene.UntilGoneAsync("team-b/younger");
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(3), async () =>
            (await scene.UpdatesAsync("older.test")).Count != updates ? "the DNS was changed"
            : await scene.DocumentIdAsync("older.test") != first.Id ? "the document was changed" : null);

        await scene.ApplyAsync(younger);
        await scene.UntilAsync("team-b/younger", p => p.Reason == "DomainClaimedByOther", "the younger one is told again");
        await scene.DeleteAsync("older");
        await scene.UntilGoneAsync("older");
        var next = await scene.UntilStageAsync("team-b/younger", "testing");
        Assert.NotEqual(first.Id, next.Id);
        await Eventually.HoldsAsync(async () => await scene.DocumentIdAsync("older.test") == next.Id, "its document is served");
        Assert.Equal(next.Id, await scene.LiveIdAsync("older.test"));
        Assert.Contains("resource=team-b/younger", Assert.Single(await scene.RecordsAsync("_mtasts-owner._mta-sts.older.test")), StringComparison.Ordinal);
    }
}
