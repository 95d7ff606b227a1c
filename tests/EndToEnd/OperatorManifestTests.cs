using System.Globalization;
using MtaSts.TestBed;
using Row = (string Why, string Reason, string[] Words);

namespace MtaSts.EndToEnd;

/// <summary>Manifests that are wrong: told of with field and fix, without effect, without a storm, and well again once they are right.</summary>
public sealed class OperatorManifestTests(OperatorManifestTests.Applied applied) : IClassFixture<OperatorManifestTests.Applied>
{
    private const int WritesMax = 4;

    private static readonly string LongLabel = new('a', 64);

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["long-label"] = ("a label of 64 characters passes the schema", "InvalidSpec", ["spec.domain is wrong"]),
        ["bad-mx"] = ("so does one in a pattern", "InvalidSpec", ["spec.mx[1]", "write a host"]),
        ["no-class"] = ("an unknown class", "ClassNotFound", ["spec.className", "\"nowhere\"", "name one that exists"]),
        ["bad-duration"] = ("a soak that no clock can count", "ClassInvalid", ["spec.rollout.stages[0].soak"]),
        ["no-provider"] = ("a class that names an unknown provider", "ProviderNotFound", ["spec.dnsProviderRef.name", "\"nobody\"", "create it or name another"]),
        ["bad-server"] = ("a provider whose server is none", "ProviderInvalid", ["spec.rfc2136.server", "write a host name"]),
        ["team-b/namespace"] = ("a namespace that the class does not allow", "NamespaceNotAllowed", ["metadata.namespace", "\"team-b\"", "ask the platform team"]),
        ["team-c/domain"] = ("a domain that the class does not allow", "DomainNotAllowed", ["spec.domain", "\"domain.test\"", "ask the platform team"]),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [InlineData("not a domain", OperatorScene.Mx, "spec.domain")]
    [InlineData("Upper-Case.test", OperatorScene.Mx, "spec.domain")]
    [InlineData("mx.refused.test", "mx_1.refused.test", "spec.mx")]
    [InlineData("double.refused.test", OperatorScene.Mx + "\", \"" + OperatorScene.Mx, "spec.mx")]
    public async Task The_schema_refuses_what_it_can_whatever_the_client_checks(string domain, string mx, string field)
    {
        var scene = applied.Scene;
        var answer = await scene.ControlPlane.TryKubectlAsync(
            ["apply", "--validate=false", "-f", "-"], OperatorScene.Policy("refused", domain, "", mx), TestContext.Current.CancellationToken);
        Assert.False(answer.Succeeded, answer.Output);
        Assert.Contains(field, answer.Error, StringComparison.Ordinal);
        Assert.Null(await scene.PolicyAsync("refused"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_not_accepted_and_the_message_has_field_and_fix(string name)
    {
        _ = applied.Scene;
        var policy = applied.Seen[name];
        Assert.Equal(("False", Rows[name].Reason), (policy.Condition("Accepted", "status"), policy.Condition("Accepted", "reason")));
        Assert.Equal(("False", Rows[name].Reason), (policy.Ready, policy.Reason));
        Assert.Equal("True", policy.Condition("Stalled", "status"));
        Assert.All(Rows[name].Words, word => Assert.Contains(word, policy.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_no_effect(string name)
    {
        _ = applied.Scene;
        Assert.Equal(("", "", ""), (applied.Seen[name].Mode, applied.Seen[name].Stage, applied.Seen[name].ServedId));
        Assert.Empty(applied.Traces[name]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_not_tried_again_and_again(string name)
    {
        _ = applied.Scene;
        var writes = applied.Written[name];
        Assert.True(writes.Count is > 0 and <= WritesMax, string.Join(", ", writes.Select(w => $"{w.At:HH:mm:ss.fff} {w.Verb} {w.Resource} {w.Code}")));
    }

    [Fact]
    public async Task Others_go_on_meanwhile()
    {
        var scene = applied.Scene;
        Assert.NotEqual("", applied.Good.Mode);
        await scene.UntilStageAsync("good", "enforce");
    }

    [Fact]
    public async Task Set_right_each_goes_on_by_itself()
    {
        var scene = applied.Scene;
        var began = DateTimeOffset.UtcNow;
        await scene.PatchSpecAsync("no-class", """{"className":null}""");
        await scene.PatchSpecAsync("bad-mx", $$"""{"mx":["{{OperatorScene.Mx}}"]}""");
        await scene.ApplyAsync(
            scene.Class("bad-duration", OperatorClasses.Fast) + scene.Provider("nobody") + scene.Provider("bad-server")
            + OperatorScene.Namespace("team-b", "mail: \"yes\""));
        await scene.PatchAsync("mtastsclass", "strict", """{"spec":{"allowedDomains":["*.test"]}}""");
        foreach (var name in Rows.Keys.Where(name => name != "long-label"))
        {
            await scene.UntilAsync(name, p => p is { Stage.Length: > 0, Mode.Length: > 0 } && p.Condition("Accepted", "status") == "True", $"{name} goes on");
            OperatorScene.Tell($"{name}: published {(DateTimeOffset.UtcNow - began).TotalSeconds:0.0} s after it was set right");
        }
    }

    [Fact]
    public async Task A_domain_that_is_changed_stays_what_it_was_in_the_dns()
    {
        var scene = applied.Scene;
        await scene.AddDomainAsync("before.test");
        await scene.AddDomainAsync("after.test");
        await scene.ApplyAsync(OperatorScene.Policy("moving", "before.test", "className: slow"));
        var first = await scene.UntilStageAsync("moving", "testing");

        // API servers from 1.25 on refuse it by the CEL rule.
        var change = await scene.ControlPlane.TryKubectlAsync(
            ["patch", "mtasts", "moving", "-n", "team-a", "--type=merge", "-p", """{"spec":{"domain":"after.test"}}"""],
            cancellationToken: TestContext.Current.CancellationToken);
        if (!change.Succeeded)
        {
            Assert.Contains("cannot be changed", change.Error, StringComparison.Ordinal);
            return;
        }

        var refused = await scene.UntilAsync("moving", p => p.Condition("Accepted", "status") == "False", "the change is refused");
        Assert.Equal("InvalidSpec", refused.Reason);
        Assert.Contains("write before.test again", refused.Message, StringComparison.Ordinal);
        await OperatorScene.StaysAsync(TimeSpan.FromSeconds(3), async () =>
            await scene.LiveIdAsync("before.test") != first.Id ? "before.test lost its record"
            : await scene.DocumentIdAsync("before.test") != first.Id ? "before.test lost its document" : null);
        Assert.Empty(await scene.TracesAsync("after.test"));

        await scene.PatchSpecAsync("moving", """{"domain":"before.test"}""");
        await scene.UntilAsync("moving", p => p is { Ready: "True", Stage: "testing" } && p.Id == first.Id, "it goes on when the domain is written again");
    }

    /// <summary>All of them applied at once beside a good one, watched for ten seconds and until the good one is published, and what was seen.</summary>
    public sealed class Applied : IAsyncLifetime
    {
        private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(10);

        // A fixture of a class can have no other one.
        private readonly SharedWorld<OperatorFixture> _world = new();

        internal OperatorScene Scene => _world.Scene;

        internal Dictionary<string, PolicyObject> Seen { get; } = [];

        internal Dictionary<string, IReadOnlyList<string>> Traces { get; } = [];

        internal Dictionary<string, IReadOnlyList<AuditEvent>> Written { get; } = [];

        /// <summary>The good one, while the others were still wrong.</summary>
        internal PolicyObject Good { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _world.InitializeAsync();
            if (OperatorScene.MissingReason is not null) return;
            string[] rights = ["  allowedNamespaces: { matchLabels: { mail: \"yes\" } }\n", "  allowedDomains: [\"*.allowed.test\", \"namespace.test\"]\n"];
            await Scene.ApplyAsync(
                Scene.Class("bad-duration", ["name: testing, mode: testing, maxAge: 1d, soak: 9999999999999w", .. OperatorClasses.Fast[1..]])
                + Scene.Class("no-provider", OperatorClasses.Fast, provider: "nobody")
                + Scene.Provider("bad-server", server: "not a server") + Scene.Class("bad-server", OperatorClasses.Fast, provider: "bad-server")
                + Scene.Class("strict", OperatorClasses.Fast, more: string.Concat(rights))
                + OperatorScene.Namespace("team-c", "mail: \"yes\""));
            foreach (var domain in Rows.Keys.Except(["long-label"]).Select(DomainOf).Append("good.test")) await Scene.AddDomainAsync(domain);
            await Scene.ApplyAsync(
                OperatorScene.Policy("good", "good.test")
                + OperatorScene.Policy("long-label", $"{LongLabel}.test")
                + OperatorScene.Policy("bad-mx", DomainOf("bad-mx"), "", OperatorScene.Mx, $"{LongLabel}.mx.test")
                + OperatorScene.Policy("no-class", DomainOf("no-class"), "className: nowhere")
                + string.Concat(new[] { "bad-duration", "no-provider", "bad-server" }.Select(name => OperatorScene.Policy(name, DomainOf(name), $"className: {name}")))
                + OperatorScene.Policy("team-b/namespace", DomainOf("team-b/namespace"), "className: strict")
                + OperatorScene.Policy("team-c/domain", DomainOf("team-c/domain"), "className: strict"));
            foreach (var name in Rows.Keys)
                await Scene.UntilAsync(name, p => p.Condition("Accepted", "status").Length > 0, $"{name} is looked at");
            await Task.Delay(WatchedFor);
            Good = await Scene.UntilAsync("good", p => p.Mode.Length > 0, "a good one beside them is published");
            foreach (var name in Rows.Keys)
            {
                Seen[name] = (await Scene.PolicyAsync(name))!;
                Traces[name] = name == "long-label" ? [] : await Scene.TracesAsync(DomainOf(name));
                Written[name] = Scene.Writes(name);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static string DomainOf(string name) => string.Create(CultureInfo.InvariantCulture, $"{name.Split('/')[^1]}.test");
    }
}
