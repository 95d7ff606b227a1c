using MtaSts.TestBed;
using MtaSts.TestBed.Mail;

namespace MtaSts.EndToEnd;

/// <summary>What is not the operator's stays as it is; what is comes back when somebody takes it away.</summary>
public sealed class OperatorOwnershipTests(SharedWorld<OperatorFixture> world) : IClassFixture<SharedWorld<OperatorFixture>>
{
    private const string ForeignReporting = "v=TLSRPTv1; rua=mailto:somebody@else.test";

    internal static OperatorDomain[] Domains { get; } =
    [
        new("siblings", "deletionPolicy: Delete")
        {
            Records =
            [
                new ZoneRecord("_mta-sts", "TXT", "\"google-site-verification=x\""),
                new ZoneRecord("_mta-sts", "CAA", "0 issue \"ca.test\""),
                new ZoneRecord("_smtp._tls", "TXT", "\"other=1\""),
                new ZoneRecord("mta-sts", "TXT", "\"note\""),
                new ZoneRecord("_mtasts-owner._mta-sts", "TXT", "\"somebody's note\""),
            ],
        },
        new("tlsrpt", "deletionPolicy: Delete") { Records = [new ZoneRecord("_smtp._tls", "TXT", $"\"{ForeignReporting}\"")] },
        new("adopted", "className: slow") { Records = [new ZoneRecord("_mta-sts", "TXT", "\"v=STSv1; id=20200101;\"")] },

        // The other owner: another owner id, which then lets go and leaves all of it live.
        new("elsewhere", "className: other, deletionPolicy: Orphan"),
        new("vandal", "className: slow"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Siblings_survive_publication_promotion_and_deletion_and_deletion_leaves_nothing_else()
    {
        var scene = world.Scene;
        var enforced = await scene.UntilStageAsync("siblings", "enforce");
        Assert.Equal(["google-site-verification=x", $"v=STSv1; id={enforced.Id};"], await scene.RecordsAsync("_mta-sts.siblings.test"));
        Assert.Equal(["other=1", "v=TLSRPTv1; rua=mailto:tls@reports.test"], (await scene.RecordsAsync("_smtp._tls.siblings.test")).Select(t => t.TrimEnd(';')));

        var asked = DateTimeOffset.UtcNow;
        await scene.DeleteAsync("siblings");
        await scene.UntilGoneAsync("siblings");
        OperatorScene.Tell($"taken down in {(DateTimeOffset.UtcNow - asked).TotalSeconds:0.0} s");
        Assert.Equal(["google-site-verification=x"], await scene.RecordsAsync("_mta-sts.siblings.test"));
        Assert.Equal(["0 issue \"ca.test"], await scene.RecordsAsync("_mta-sts.siblings.test", "CAA"));
        Assert.Equal(["other=1"], await scene.RecordsAsync("_smtp._tls.siblings.test"));
        Assert.Equal(["note"], await scene.RecordsAsync("mta-sts.siblings.test"));
        Assert.Equal(["_mtasts-owner._mta-sts.siblings.test: somebody's note"], await scene.TracesAsync("siblings.test"));
    }

    [Fact]
    public async Task A_foreign_tlsrpt_record_is_left_alone_while_the_policy_is_published()
    {
        var scene = world.Scene;
        var refused = await scene.UntilAsync("tlsrpt", p => p is { Mode: "testing", Reason: "RecordNotOwned" }, "the record is refused, the policy is published");
        Assert.Contains("_smtp._tls.tlsrpt.test", refused.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await scene.LiveIdAsync("tlsrpt.test") == refused.Id, "the STS record is there");
        // Bounded: it stays so, and is no reason to promote.
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(6), async () =>
            !(await scene.RecordsAsync("_smtp._tls.tlsrpt.test")).SequenceEqual([ForeignReporting]) ? "the foreign record was changed"
            : await scene.PolicyAsync("tlsrpt") is { Stage: not "testing" } moved ? moved.ToString() : null);

        await scene.DeleteAsync("tlsrpt");
        await scene.UntilGoneAsync("tlsrpt");
        Assert.Equal([ForeignReporting], await scene.RecordsAsync("_smtp._tls.tlsrpt.test"));
        Assert.Equal([$"_smtp._tls.tlsrpt.test: {ForeignReporting}"], await scene.TracesAsync("tlsrpt.test"));
    }

    [Fact]
    public async Task Adopt_takes_a_record_over_that_nobody_owns()
    {
        var scene = world.Scene;
        await scene.UntilAsync("adopted", p => p is { Reason: "RecordNotOwned", Mode: "" }, "it is refused at first");
        Assert.Equal("20200101", await scene.LiveIdAsync("adopted.test"));

        await scene.PatchSpecAsync("adopted", """{"adoption":"Adopt"}""");
        var ours = await scene.UntilStageAsync("adopted", "testing");
        Assert.Equal([$"v=STSv1; id={ours.Id};"], await scene.RecordsAsync("_mta-sts.adopted.test"));
        Assert.Contains("resource=team-a/adopted", Assert.Single(await scene.RecordsAsync("_mtasts-owner._mta-sts.adopted.test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adopt_does_not_lower_a_domain_that_somebody_else_enforces()
    {
        var scene = world.Scene;
        var live = await scene.UntilStageAsync("elsewhere", "enforce");
        await scene.DeleteAsync("elsewhere");
        await scene.UntilGoneAsync("elsewhere");

        await scene.ApplyAsync(OperatorScene.Policy("team-b/takeover", "elsewhere.test", "adoption: Adopt"));
        var refused = await scene.UntilAsync("team-b/takeover", p => p.Reason.Length > 0 && p.Reason is not ("PolicyNotServedYet" or "DnsLookupFailed"), "it is judged");
        // The record is marked as another installation's, which no adoption overrides; LiveElsewhere, for an unmarked one, is the engine's own test.
        Assert.Equal(("RecordNotOwned", "True"), (refused.Reason, refused.Condition("Stalled", "status")));
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(4), async () =>
            await scene.LiveIdAsync("elsewhere.test") != live.Id ? "the record was changed"
            : await scene.DocumentIdAsync("elsewhere.test") != live.Id ? "the document was changed" : null);
    }

    [Fact]
    public async Task What_somebody_takes_away_comes_back()
    {
        var scene = world.Scene;
        var there = await scene.UntilStageAsync("vandal", "testing");
        var shard = Assert.Single(await scene.ShardsAsync("vandal.test")).Metadata.Name;

        await scene.Mail.Dns.UpdateAsync("vandal.test", ["delete _mta-sts.vandal.test. TXT"], null, Token);
        await BackAsync("the record", async () => await scene.LiveIdAsync("vandal.test") == there.Id);
        await scene.Mail.Dns.UpdateAsync("vandal.test", ["delete mta-sts.vandal.test. A"], null, Token);
        await BackAsync("the address of the policy host", async () => (await scene.RecordsAsync("mta-sts.vandal.test", "A")).Count == 1);
        foreach (var (kind, name) in new[] { ("configmap", shard), ("ingress", "mta-sts-vandal.test"), ("deployment", "mta-sts-slow"), ("service", "mta-sts-slow") })
        {
            var old = await UidAsync(kind, name);
            await scene.ControlPlane.KubectlAsync("delete", kind, name, "-n", OperatorWorld.SystemNamespace);
            await BackAsync($"the {kind}", async () => await UidAsync(kind, name) is { Length: > 0 } uid && uid != old);
            await BackAsync($"the document, after the {kind} was deleted,", async () => await scene.DocumentIdAsync("vandal.test") == there.Id);
        }

        var after = await scene.UntilStageAsync("vandal", "testing");
        Assert.Equal((there.Id, there.Stage), (after.Id, after.Stage));
        Assert.Equal(there.Moves, after.Moves);

        async Task BackAsync(string what, Func<Task<bool>> isBack)
        {
            var began = DateTimeOffset.UtcNow;
            await Eventually.HoldsAsync(isBack, $"{what} comes back");
            OperatorScene.Tell($"{what} is back after {(DateTimeOffset.UtcNow - began).TotalSeconds:0.0} s");
        }

        async Task<string> UidAsync(string kind, string name)
        {
            var answer = await scene.ControlPlane.TryKubectlAsync(
                ["get", kind, name, "-n", OperatorWorld.SystemNamespace, "-o", "jsonpath={.metadata.uid}"], cancellationToken: Token);
            return answer.Succeeded ? answer.Output.Trim() : "";
        }
    }
}
