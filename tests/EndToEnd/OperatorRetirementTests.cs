using System.Globalization;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>A domain is taken down in the order that loses no mail (rfc8461#8.3), whoever goes meanwhile.</summary>
public sealed class OperatorRetirementTests(SharedWorld<OperatorLivesFixture> world) : IClassFixture<SharedWorld<OperatorLivesFixture>>
{
    internal const string LeavingNamespace = "leaving";

    // What a retirement lets pass after its moment before it is gone: looks, writes, and the next look that sees them.
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(30); // on a busy machine; unpublishing takes longer

    internal static OperatorDomain[] Domains { get; } =
    [
        new("leaves") { Space = LeavingNamespace },
        new("returns"),
        new("recreated"),
        new("lowered"),
        new("hurried", "className: fast"),
        new("secretless", "className: secretless"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_that_is_deleted_with_its_namespace_goes_at_once_and_its_domain_when_no_sender_holds_a_policy_any_more()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync($"{LeavingNamespace}/leaves", "enforce");
        await using var order = OperatorOrderWatch.Start(scene, "leaves.test");
        await Eventually.HoldsAsync(() => order.Ids.Contains(enforced.Id), "the enforced policy is seen");
        await using var presence = OperatorPresenceWatch.Start(scene, "leaves.test");

        await scene.DeleteNamespaceAsync(LeavingNamespace);
        var gone = DateTimeOffset.UtcNow;

        var retiring = await scene.UntilRetiringAsync("leaves.test");
        Assert.True(gone < retiring.RemoveAt, $"the namespace was held up until {gone:O}, and its domain was to go at {retiring.RemoveAt:O}");
        var published = DateTimeOffset.UtcNow;
        await order.RequireIdsAsync(enforced.Id, retiring.Id);
        var document = await scene.DocumentAsync("leaves.test");
        Assert.Contains("mode: none", document, StringComparison.Ordinal);
        Assert.Contains($"mx: {OperatorScene.Mx}", document, StringComparison.Ordinal);
        var seen = await scene.Mail.Sender.QueryPolicyAsync("leaves.test", Token);
        Assert.True(seen is { Result: "VALID", Mode: "none" } && seen.Id == retiring.Id, seen.Raw);

        // The last moment at which anybody was given the enforced policy, the time that a resolver may keep its record, and max_age.
        var until = retiring.RemoveAt!.Value;
        Assert.InRange(until - published, (OperatorLivesFixture.MaxAge + TimeSpan.FromSeconds(OperatorLivesFixture.Ttl)) / 2, TimeSpan.FromMinutes(1));
        var held = OperatorLivesFixture.MaxAge + TimeSpan.FromSeconds(OperatorLivesFixture.Ttl);
        Assert.InRange(until - retiring.Ledger.First(e => e.Id == enforced.Id).Until ?? TimeSpan.Zero, held - TimeSpan.FromSeconds(1), held);
        await RequireTableAsync(scene, until);

        await OperatorScene.StaysAsync(until - DateTimeOffset.UtcNow - TimeSpan.FromMilliseconds(500), async () =>
            await scene.RetirementAsync("leaves.test") is null ? "the retirement is gone"
            : await scene.LiveIdAsync("leaves.test") != retiring.Id ? "the record is not that of mode none"
            : await scene.DocumentIdAsync("leaves.test") != retiring.Id ? "the document is not that of mode none" : null);
        await scene.UntilRetiredAsync("leaves.test", Ending);
        OperatorScene.Tell($"gone {(DateTimeOffset.UtcNow - until).TotalSeconds:0.0} s after its time");
        Assert.Empty(await scene.TracesAsync("leaves.test"));
        await Eventually.HoldsAsync(() => presence.DocumentGoneAt is not null, "the document goes from the web server");
        Assert.True(presence.RecordGoneAt >= until, $"the record went at {presence.RecordGoneAt:O}, due was {until:O}");
        Assert.True(presence.RecordGoneAt <= presence.DocumentGoneAt, $"the document went at {presence.DocumentGoneAt:O}, the record at {presence.RecordGoneAt:O}");
        Assert.Equal(["enforce", "none"], presence.Modes);
        await Eventually.HoldsAsync(
            async () => (await scene.Mail.Sender.QueryPolicyAsync("leaves.test", Token)).Result == "NONE",
            "a sender finds no policy when its resolver has forgotten the record", TimeSpan.FromSeconds(OperatorLivesFixture.Ttl) + AtOnce);
    }

    [Fact]
    public async Task A_policy_that_comes_back_takes_its_domain_over_without_a_gap_and_knows_what_senders_hold()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync("returns", "enforce");
        await using var presence = OperatorPresenceWatch.Start(scene, "returns.test");
        await scene.DeleteAsync("returns");
        await scene.UntilGoneAsync("returns", AtOnce);
        var retiring = await scene.UntilRetiringAsync("returns.test");

        await scene.ApplyAsync(OperatorScene.Policy("team-b/returns", "returns.test"));
        var taken = await scene.UntilAsync("team-b/returns", p => p.Stage.Length > 0, "the policy acts");
        Assert.Contains(taken.Ledger, e => e.Id == enforced.Id && e.Mode == "enforce");
        Assert.Equal(retiring.CachedUntil, taken.CachedUntil);
        await Eventually.HoldsAsync(async () => await scene.RetirementAsync("returns.test") is null, "the retirement goes");
        var again = await scene.UntilStageAsync("team-b/returns", "enforce");
        Assert.Equal(["none HandedOver", "testing Started", "enforce SoakElapsed"], again.Moves.TakeLast(3));
        Assert.Equal(enforced.Id, again.Id);
        Assert.Contains("resource=team-b/returns", Assert.Single(await scene.RecordsAsync("_mtasts-owner._mta-sts.returns.test")), StringComparison.Ordinal);
        presence.RequireNoGap();
        Assert.Equal(["enforce", "none", "testing", "enforce"], presence.Modes);
    }

    [Fact]
    public async Task A_policy_that_is_deleted_and_applied_again_at_once_leaves_no_gap()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync("recreated", "enforce");
        await using var presence = OperatorPresenceWatch.Start(scene, "recreated.test");
        await scene.DeleteAsync("recreated");
        await scene.UntilGoneAsync("recreated", AtOnce);
        await scene.ApplyAsync(Domains.Single(d => d.Name == "recreated").Manifest);

        var again = await scene.UntilStageAsync("recreated", "enforce");
        OperatorScene.Tell(string.Join(", ", again.Moves));
        Assert.Equal(enforced.Id, again.Id);
        Assert.Contains(again.Moves, m => m.EndsWith(" HandedOver", StringComparison.Ordinal));
        await Eventually.HoldsAsync(async () => await scene.RetirementAsync("recreated.test") is null, "the retirement goes");
        presence.RequireNoGap();
    }

    [Fact]
    public async Task Target_none_takes_a_domain_down_under_a_living_policy_and_target_enforce_begins_at_the_first_stage()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync("lowered", "enforce");
        await scene.PatchSpecAsync("lowered", """{"targetMode":"none"}""");
        var retiring = await scene.UntilAsync("lowered", p => p is { Mode: "none", Reason: "Retiring", RemoveAt: not null }, "it is retiring");
        Assert.Equal("none OwnerLowered", retiring.Moves[^1]);
        Assert.NotEqual(enforced.Id, retiring.Id);
        await OperatorScene.StaysAsync(retiring.RemoveAt!.Value - DateTimeOffset.UtcNow - TimeSpan.FromMilliseconds(500), async () =>
            await scene.LiveIdAsync("lowered.test") != retiring.Id ? "the record is not that of mode none"
            : await scene.DocumentIdAsync("lowered.test") != retiring.Id ? "the document is not that of mode none" : null);

        var down = await scene.UntilAsync("lowered", p => p.Reason == "TargetReached", "nothing is published, and nothing wanted", Ending);
        Assert.Equal(("True", "", "", "removed Retired"), (down.Ready, down.Mode, down.Stage, down.Moves[^1]));
        await Eventually.HoldsAsync(async () => (await scene.TracesAsync("lowered.test")).Count == 0, "nothing is left");
        Assert.Null(await scene.RetirementAsync("lowered.test"));
        await Eventually.HoldsAsync(
            async () =>
            {
                var writes = scene.Writes("lowered").Count;
                await Task.Delay(Quiet, Token);
                return scene.Writes("lowered").Count == writes;
            },
            "nothing is written about a domain that is down");

        await scene.PatchSpecAsync("lowered", """{"targetMode":"enforce"}""");
        var again = await scene.UntilStageAsync("lowered", "enforce");
        Assert.Equal(["removed Retired", "testing Started", "enforce SoakElapsed"], again.Moves.TakeLast(3));
    }

    [Fact]
    public async Task A_retirement_that_its_owner_hurries_does_not_wait_for_senders()
    {
        var scene = world.Scene;
        await scene.UntilStageAsync("hurried", "enforce");
        await scene.DeleteAsync("hurried");
        await scene.UntilGoneAsync("hurried", AtOnce);
        var retiring = await scene.UntilRetiringAsync("hurried.test");
        Assert.True(retiring.RemoveAt - DateTimeOffset.UtcNow > TimeSpan.FromDays(80), "senders hold it for weeks");

        await scene.PatchAsync("mtastsretirements", "hurried.test", """{"spec":{"removeEarly":true}}""");
        await scene.UntilRetiredAsync("hurried.test", Ending);
        Assert.Empty(await scene.TracesAsync("hurried.test"));
    }

    [Fact]
    public async Task A_provider_whose_secret_is_gone_is_named_with_the_records_that_are_left_and_the_end_comes_when_it_is_back()
    {
        var scene = world.Scene;
        await scene.UntilStageAsync("secretless", "enforce");
        await scene.DeleteAsync("secretless");
        await scene.UntilGoneAsync("secretless", AtOnce);
        var retiring = await scene.UntilRetiringAsync("secretless.test");
        await scene.ControlPlane.KubectlAsync("delete", "secret", "secretless-key", "-n", OperatorWorld.SystemNamespace);
        await scene.PatchAsync("mtastsretirements", "secretless.test", """{"spec":{"removeEarly":true}}""");

        var held = await scene.UntilRetirementAsync("secretless.test", r => r.Reason == "ProviderCredentialsRefused", "the missing Secret is named");
        Assert.Equal("False", held.Ready);
        Assert.Contains("secretless-key", held.Message, StringComparison.Ordinal);
        Assert.All(
            new[] { "_mta-sts.secretless.test", "_smtp._tls.secretless.test", "mta-sts.secretless.test" },
            name => Assert.Contains(name, held.Message, StringComparison.Ordinal));
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(3), async () =>
            await scene.RetirementAsync("secretless.test") is null ? "the retirement is gone"
            : await scene.DocumentIdAsync("secretless.test") != retiring.Id ? "the document went before the records" : null);

        await scene.ApplyAsync(scene.Provider("secretless", ttl: OperatorLivesFixture.Ttl));
        await scene.UntilRetiredAsync("secretless.test", Ending);
        Assert.Empty(await scene.TracesAsync("secretless.test"));
    }

    private static async Task RequireTableAsync(OperatorScene scene, DateTimeOffset until)
    {
        var table = (await scene.ControlPlane.KubectlAsync("get", "mtastsretirements")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        OperatorScene.Tell(string.Join('\n', table));
        var head = table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["NAME", "DOMAIN", "MODE", "UNTIL", "READY", "REASON", "AGE"], head);
        var row = Assert.Single(table, line => line.StartsWith("leaves.test", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["leaves.test", "leaves.test", "none"], row[..3]);
        Assert.Equal(until, DateTimeOffset.Parse(row[3], CultureInfo.InvariantCulture));
        Assert.Equal(["True", "Retiring"], row[4..6]);
    }
}
