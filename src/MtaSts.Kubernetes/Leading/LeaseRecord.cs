using System.Text.Json.Nodes;

namespace MtaSts.Kubernetes;

/// <summary>The lease as the server has it, and the changes that an elector makes to it. Foreign fields are kept.</summary>
internal sealed record LeaseRecord(JsonObject Body)
{
    public static readonly ResourceKind Kind = new("coordination.k8s.io", "v1", "Lease", "leases");

    private JsonNode? Spec => Body["spec"];

    /// <summary>Who holds it; "" for nobody.</summary>
    public string Holder => JsonText.TextOf(Spec?["holderIdentity"]) ?? "";

    public int DurationSeconds => JsonText.NumberOf(Spec?["leaseDurationSeconds"]) ?? 0;

    public int Transitions => JsonText.NumberOf(Spec?["leaseTransitions"]) ?? 0;

    /// <summary>Changes with every write.</summary>
    public string Version => JsonText.TextOf(Body["metadata"]?["resourceVersion"]) ?? "";

    public static JsonObject New(LeaderElectionOptions options, DateTimeOffset now) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = options.Name, ["namespace"] = options.Namespace },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = options.Identity,
            ["leaseDurationSeconds"] = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
            ["acquireTime"] = JsonText.MicroTime(now),
            ["renewTime"] = JsonText.MicroTime(now),
            ["leaseTransitions"] = 0,
        },
    };

    /// <summary>Held by the given identity from now on. A change of holder counts as a transition.</summary>
    public JsonObject HeldBy(LeaderElectionOptions options, DateTimeOffset now)
    {
        var body = (JsonObject)Body.DeepClone();
        var spec = body["spec"] as JsonObject ?? [];
        body["spec"] = spec;
        if (Holder != options.Identity)
        {
            spec["acquireTime"] = JsonText.MicroTime(now);
            spec["leaseTransitions"] = Transitions + 1;
        }
        spec["holderIdentity"] = options.Identity;
        spec["leaseDurationSeconds"] = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds);
        spec["renewTime"] = JsonText.MicroTime(now);
        return body;
    }

    /// <summary>Held by nobody: whoever looks next may take it.</summary>
    public JsonObject Released(DateTimeOffset now)
    {
        var body = (JsonObject)Body.DeepClone();
        var spec = body["spec"] as JsonObject ?? [];
        body["spec"] = spec;
        spec["holderIdentity"] = "";
        // The least that servers allow.
        spec["leaseDurationSeconds"] = 1;
        spec["renewTime"] = JsonText.MicroTime(now);
        return body;
    }
}
