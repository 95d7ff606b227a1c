using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MtaSts.TestBed;
using MtaSts.TestBed.Processes;

namespace MtaSts.EndToEnd;

/// <summary>Two replicas of the operator, and what the API server's audit log says of each.</summary>
internal static class OperatorReplicas
{
    /// <summary>The Deployment of the one that the chart installs.</summary>
    public const string First = OperatorWorld.OperatorDeployment;

    /// <summary>The Deployment of the other one.</summary>
    public const string Second = First + "-b";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The user as whom a replica writes.</summary>
    public static string UserOf(string replica) => $"system:serviceaccount:{OperatorWorld.SystemNamespace}:{replica}";

    /// <summary>What a leader alone may do: all but the lease, and the events, which are written in the background.</summary>
    public static List<AuditEvent> WorkOf(OperatorScene scene, string user) => [.. scene.ControlPlane.Audit.Read().Where(e => e.User == user && IsWork(e))];

    /// <summary>Who holds the lease, as it names itself; empty for nobody.</summary>
    public static async Task<string> HolderAsync(OperatorScene scene)
    {
        var lease = await scene.ControlPlane.Client.CoordinationV1.ReadNamespacedLeaseAsync(
            OperatorWorld.OperatorDeployment, OperatorWorld.SystemNamespace, cancellationToken: Token);
        return lease.Spec.HolderIdentity ?? "";
    }

    /// <summary>The replica that wrote the lease last.</summary>
    public static string Leader(OperatorScene scene) =>
        scene.ControlPlane.Audit.Read().Last(e => IsLease(e) && (e.User == UserOf(First) || e.User == UserOf(Second))).User == UserOf(First) ? First : Second;

    /// <summary>The other one.</summary>
    public static string OtherThan(string replica) => replica == First ? Second : First;

    /// <summary>Waits until somebody leads who is not this holder.</summary>
    public static Task UntilAnotherLeadsAsync(OperatorScene scene, string holder) =>
        Eventually.HoldsAsync(async () => await HolderAsync(scene) is { Length: > 0 } now && now != holder, "somebody else leads");

    /// <summary>When one of the replicas took the lease for the first time after a moment.</summary>
    public static DateTimeOffset LedSince(OperatorScene scene, DateTimeOffset moment, params string[] replicas) =>
        scene.ControlPlane.Audit.Read().First(e => IsLease(e) && e.At > moment && replicas.Select(UserOf).Contains(e.User)).At;

    /// <summary>Makes somebody else the holder of the lease, whoever has it, as nobody should.</summary>
    public static async Task UsurpAsync(OperatorScene scene, string holder)
    {
        var patch = new JsonObject
        {
            ["spec"] = new JsonObject { ["holderIdentity"] = holder, ["renewTime"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) },
        };
        await scene.ControlPlane.Client.CoordinationV1.PatchNamespacedLeaseAsync(
            new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), OperatorWorld.OperatorDeployment, OperatorWorld.SystemNamespace, cancellationToken: Token);
    }

    /// <summary>
    /// The writes that were not their writer's turn: a replica works from its own write of the lease until the next one by anybody else. One whose lease was taken
    /// from it by force has to see that first, for which it has the grace.
    /// </summary>
    public static IReadOnlyList<string> OutOfTurn(OperatorScene scene, DateTimeOffset from, TimeSpan grace)
    {
        var (holder, since) = ("", DateTimeOffset.MinValue);
        List<string> faults = [];
        foreach (var write in scene.ControlPlane.Audit.Read().Where(Succeeded).OrderBy(e => e.At))
        {
            if (IsLease(write))
            {
                if (write.User != holder) (holder, since) = (write.User, write.At);
            }
            else if (IsWork(write) && (write.User == UserOf(First) || write.User == UserOf(Second)) && write.User != holder && write.At > from && write.At - since > grace)
            {
                faults.Add($"{write.At:HH:mm:ss.fff} {write.User} {write.Verb} {write.Resource} {write.Namespace}/{write.Name}; {holder} has the lease since {since:HH:mm:ss.fff}");
            }
        }

        return faults;
    }

    private static bool Succeeded(AuditEvent e) => e.Code is >= 200 and < 300;

    private static bool IsLease(AuditEvent e) =>
        Succeeded(e) && e.Resource.StartsWith("leases.", StringComparison.Ordinal) && e.Name is OperatorWorld.OperatorDeployment or "";

    private static bool IsWork(AuditEvent e) =>
        !e.Resource.StartsWith("leases.", StringComparison.Ordinal) && !e.Resource.StartsWith("events.", StringComparison.Ordinal);

    /// <summary>
    /// Starts the same Deployment again, under a user of its own (so that the audit log tells the two apart) and with another port, since both run in one network
    /// namespace here.
    /// </summary>
    public static async Task StartSecondAsync(OperatorScene scene)
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
        await scene.ControlPlane.KubectlAsync("rollout", "status", $"--timeout={Deadlines.Work.TotalSeconds}s", "-n", OperatorWorld.SystemNamespace, $"deployment/{Second}");

        static bool IsOfTheOperator(JsonNode? binding) =>
            binding!["subjects"]?.AsArray().Any(subject => (string?)subject?["name"] == OperatorWorld.OperatorDeployment) == true;

        static JsonObject NameOf(string name, string? space) =>
            space is null ? new JsonObject { ["name"] = name } : new JsonObject { ["name"] = name, ["namespace"] = space };
    }

    /// <summary>Stops that one, and waits until the first one leads.</summary>
    public static async Task StopSecondAsync(OperatorScene scene)
    {
        await scene.ControlPlane.KubectlAsync("delete", "deployment", Second, "-n", OperatorWorld.SystemNamespace);
        await Eventually.HoldsAsync(() => Leader(scene) == First, "the first replica leads");
    }
}
