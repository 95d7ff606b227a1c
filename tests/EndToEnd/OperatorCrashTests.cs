using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using MtaSts.TestBed;

namespace MtaSts.EndToEnd;

/// <summary>The operator dies; another process goes on.</summary>
[Collection(OperatorDeathsCollection.Name)]
public sealed class OperatorCrashTests(OperatorDeathsFixture fixture)
{
    private const string Second = OperatorWorld.OperatorDeployment + "-b";
    private const int Kills = 4;

    // A killed leader has not released its lease: the next process has to see it run out, and a busy machine is slow to start that process.
    private static readonly TimeSpan LeaseOver = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_of_a_rollout_it_ends_as_its_undisturbed_twin()
    {
        var scene = fixture.Scene;
        var random = Seeded();

        await scene.AddDomainAsync("twin.test");
        await using var order = OperatorOrderWatch.Start(scene, "twin.test");
        await scene.ApplyAsync(OperatorScene.Policy("twin", "twin.test"));
        var twin = await scene.UntilStageAsync("twin", "enforce");
        await Eventually.HoldsAsync(() => order.Ids is [.., var last] && last == twin.Id, "the twin's last id is seen");

        await scene.AddDomainAsync("killed.test");
        await using var killedOrder = OperatorOrderWatch.Start(scene, "killed.test");
        await scene.ApplyAsync(OperatorScene.Policy("killed", "killed.test"));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var moment = TimeSpan.FromSeconds(random.NextDouble() * 3);
            await Task.Delay(moment, Token);
            var stage = (await scene.PolicyAsync("killed"))?.Stage;
            var took = await KillAsync(scene);
            OperatorScene.Tell($"kill {kill}, {moment.TotalSeconds:0.00} s after the lead was taken, in stage \"{stage}\"; the next process leads after {took.TotalSeconds:0.0} s");
        }

        var killed = await scene.UntilStageAsync("killed", "enforce");
        await Eventually.HoldsAsync(() => killedOrder.Ids is [.., var last] && last == killed.Id, "the last id is seen");
        Assert.Equal(twin.Moves, killed.Moves);
        Assert.Equal((twin.Id, twin.Mode), (killed.Id, killed.Mode));
        Assert.Equal(order.Ids, killedOrder.Ids);
        Assert.Empty(order.Faults);
        Assert.Empty(killedOrder.Faults);
        foreach (var name in new[] { "_mta-sts.", "_smtp._tls.", "_mtasts-owner._mta-sts.", "_mtasts-owner._smtp._tls.", "_mtasts-owner.mta-sts." })
        {
            var expected = (await scene.RecordsAsync(name + "twin.test")).Select(text => text.Replace("team-a/twin", "team-a/killed", StringComparison.Ordinal));
            Assert.Equal(expected, await scene.RecordsAsync(name + "killed.test"));
        }
    }

    [Fact]
    public async Task Killed_at_random_moments_of_a_retirement_it_takes_the_domain_down_in_order_and_not_too_early()
    {
        var scene = fixture.Scene;
        var random = Seeded();
        await scene.AddDomainAsync("downed.test");
        await scene.ApplyAsync(OperatorScene.Policy("downed", "downed.test", "className: brief"));
        var enforced = await scene.UntilStageAsync("downed", "enforce");
        await using var order = OperatorOrderWatch.Start(scene, "downed.test");
        await Eventually.HoldsAsync(() => order.Ids.Contains(enforced.Id), "the enforced policy is seen");
        await using var presence = OperatorPresenceWatch.Start(scene, "downed.test");

        // While the domain is handed over, while mode none spreads, and while all is taken away.
        await scene.DeleteAsync("downed");
        await KillAfterAsync(random.NextDouble(), "of the deletion");
        await scene.UntilGoneAsync("downed");
        await KillAfterAsync(random.NextDouble() * 2, "of the handover");
        // The start of the next process may take longer than all that is left to wait for.
        PolicyObject? retiring = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var now = await scene.RetirementAsync("downed.test");
                retiring = now is { RemoveAt: not null } ? now : retiring;
                return now is null || now.RemoveAt <= DateTimeOffset.UtcNow;
            },
            "its time has come", TimeSpan.FromMinutes(2));
        await KillAfterAsync(random.NextDouble() * 2, "of the end");
        await scene.UntilRetiredAsync("downed.test");
        var until = retiring?.RemoveAt ?? DateTimeOffset.MaxValue;

        Assert.Empty(await scene.TracesAsync("downed.test"));
        await order.RequireIdsAsync(enforced.Id, retiring!.Id);
        Assert.Equal(["enforce", "none"], presence.Modes);
        await Eventually.HoldsAsync(() => presence.DocumentGoneAt is not null, "the document goes from the web server");
        Assert.True(presence.RecordGoneAt >= until, $"the record went at {presence.RecordGoneAt:O}, due was {until:O}");
        Assert.True(presence.RecordGoneAt <= presence.DocumentGoneAt, $"the document went at {presence.DocumentGoneAt:O}, the record at {presence.RecordGoneAt:O}");

        async Task KillAfterAsync(double seconds, string what)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), Token);
            var (policy, retirement) = (await scene.PolicyAsync("downed"), await scene.RetirementAsync("downed.test"));
            var took = await KillAsync(scene);
            OperatorScene.Tell(
                $"killed {seconds:0.00} s {what}, the policy {(policy is null ? "gone" : "there")}, the retirement {(retirement is null ? "not there" : $"at \"{retirement.Mode}\"")}; "
                + $"the next process leads after {took.TotalSeconds:0.0} s");
        }
    }

    [Fact]
    public async Task Of_two_replicas_the_second_takes_over_from_a_killed_leader_and_never_do_both_write()
    {
        var scene = fixture.Scene;
        await StartSecondAsync(scene);
        var pairUser = OperatorScene.OperatorUser + "-b";
        await scene.AddDomainAsync("pair.test");
        await scene.ApplyAsync(OperatorScene.Policy("pair", "pair.test"));
        await scene.UntilAsync("pair", p => p is { Stage: "testing", Mode: "testing" }, "the rollout is under way");
        Assert.DoesNotContain(WorkOf(scene, pairUser), static _ => true);

        var holder = await HolderAsync(scene);
        var at = Stopwatch.GetTimestamp();
        Assert.Equal(1, scene.World.Kubelet.Kill(OperatorWorld.SystemNamespace, OperatorWorld.OperatorDeployment));
        await Eventually.HoldsAsync(async () => await HolderAsync(scene) is { Length: > 0 } now && now != holder, "somebody else leads", LeaseOver);
        OperatorScene.Tell($"the second replica leads {Stopwatch.GetElapsedTime(at).TotalSeconds:0.0} s after the leader was killed");
        await scene.UntilStageAsync("pair", "enforce");

        var second = WorkOf(scene, pairUser);
        Assert.NotEmpty(second);
        Assert.DoesNotContain(WorkOf(scene, OperatorScene.OperatorUser), write => write.At >= second[0].At);

        // A leader that is stopped in order gives its lease back: nobody waits for it to run out.
        holder = await HolderAsync(scene);
        at = Stopwatch.GetTimestamp();
        await scene.ControlPlane.KubectlAsync("delete", "deployment", Second, "-n", OperatorWorld.SystemNamespace);
        await Eventually.HoldsAsync(async () => await HolderAsync(scene) is { Length: > 0 } now && now != holder, "the first replica leads again", LeaseOver);
        var handover = Stopwatch.GetElapsedTime(at);
        OperatorScene.Tell($"the first replica leads {handover.TotalSeconds:0.0} s after the second was told to stop");
        Assert.True(handover < TimeSpan.FromSeconds(10), $"the lease was not given back: {handover}");
        await scene.PatchSpecAsync("pair", """{"targetMode":"testing"}""");
        await scene.UntilAsync("pair", p => p is { Stage: "testing", Mode: "testing" } && p.Id == p.ServedId, "the first replica works again");
        second = WorkOf(scene, pairUser);
        var first = WorkOf(scene, OperatorScene.OperatorUser).Where(write => write.At > second[0].At).ToList();
        Assert.NotEmpty(first);
        Assert.DoesNotContain(second, write => write.At >= first[0].At);
    }

    private static Random Seeded()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MTASTS_TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        OperatorScene.Tell($"MTASTS_TEST_SEED={seed}");
        return new Random(seed);
    }

    // Returns when the next process leads, and how long that took.
    private static async Task<TimeSpan> KillAsync(OperatorScene scene)
    {
        var at = Stopwatch.GetTimestamp();
        var before = await HolderAsync(scene);
        Assert.Equal(1, scene.World.KillOperator());
        await Eventually.HoldsAsync(async () => await HolderAsync(scene) is { Length: > 0 } now && now != before, "the next process leads", LeaseOver);
        return Stopwatch.GetElapsedTime(at);
    }

    // What a leader alone may do: all but the lease, and the events, which are written in the background.
    private static List<AuditEvent> WorkOf(OperatorScene scene, string user) =>
    [
        .. scene.ControlPlane.Audit.Read().Where(e =>
            e.User == user && !e.Resource.StartsWith("leases.", StringComparison.Ordinal) && !e.Resource.StartsWith("events.", StringComparison.Ordinal)),
    ];

    private static async Task<string> HolderAsync(OperatorScene scene)
    {
        var lease = await scene.ControlPlane.Client.CoordinationV1.ReadNamespacedLeaseAsync(
            OperatorWorld.OperatorDeployment, OperatorWorld.SystemNamespace, cancellationToken: Token);
        return lease.Spec.HolderIdentity ?? "";
    }

    // The same Deployment again, under a user of its own (so that the audit log tells the two apart) and with another port, since both run in one
    // network namespace here.
    private static async Task StartSecondAsync(OperatorScene scene)
    {
        string[] where = ["-n", OperatorWorld.SystemNamespace, "-o", "json"];
        var deployment = JsonNode.Parse(await scene.ControlPlane.KubectlAsync(["get", "deployment", OperatorWorld.OperatorDeployment, .. where]))!;
        var spec = deployment["spec"]!;
        spec["replicas"] = 1;
        spec["selector"]!["matchLabels"]!["replica"] = "b";
        spec["template"]!["metadata"]!["labels"]!["replica"] = "b";
        var pod = spec["template"]!["spec"]!;
        pod["serviceAccountName"] = Second;
        pod.AsObject().Remove("serviceAccount");
        var container = pod["containers"]![0]!;
        var (used, free) = ((int)container["ports"]![0]!["containerPort"]!, FreePorts.Next(IPAddress.Loopback));
        container["ports"]![0]!["containerPort"] = free;
        container["args"] = new JsonArray(
            [.. container["args"]!.AsArray().Select(arg => (JsonNode)((string)arg!).Replace($":{used}", $":{free}", StringComparison.Ordinal))]);
        var objects = new JsonArray(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = NameOf(Second, OperatorWorld.SystemNamespace) },
            new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "Deployment",
                ["metadata"] = NameOf(Second, OperatorWorld.SystemNamespace),
                ["spec"] = spec.DeepClone(),
            });
        foreach (var kind in new[] { "rolebinding", "clusterrolebinding" })
        {
            var bindings = JsonNode.Parse(await scene.ControlPlane.KubectlAsync(["get", kind, .. where]))!["items"]!.AsArray();
            foreach (var binding in bindings.Where(IsOfTheOperator))
            {
                objects.Add(new JsonObject
                {
                    ["apiVersion"] = "rbac.authorization.k8s.io/v1",
                    ["kind"] = (string)binding!["kind"]!,
                    ["metadata"] = NameOf((string)binding["metadata"]!["name"]! + "-b", (string?)binding["metadata"]!["namespace"]),
                    ["roleRef"] = binding["roleRef"]!.DeepClone(),
                    ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = Second, ["namespace"] = OperatorWorld.SystemNamespace }),
                });
            }
        }

        await scene.ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = objects }.ToJsonString());
        await scene.ControlPlane.KubectlAsync("rollout", "status", "--timeout=60s", "-n", OperatorWorld.SystemNamespace, $"deployment/{Second}");

        static bool IsOfTheOperator(JsonNode? binding) =>
            binding!["subjects"]?.AsArray().Any(subject => (string?)subject?["name"] == OperatorWorld.OperatorDeployment) == true;

        static JsonObject NameOf(string name, string? space) =>
            space is null ? new JsonObject { ["name"] = name } : new JsonObject { ["name"] = name, ["namespace"] = space };
    }
}
