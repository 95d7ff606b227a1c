using System.Globalization;
using System.Text.Json.Nodes;
using k8s;

namespace MtaSts.TestBed;

/// <summary>
/// An MtaStsPolicy, or an MtaStsRetirement, as the API server has it, read without the operator's own types: who proves something about the operator believes none of
/// its code. A text that is not there is empty.
/// </summary>
/// <param name="Resource">The whole object.</param>
public sealed record PolicyObject(JsonNode Resource)
{
    private const string Group = "mta-sts.dev";
    private const string Version = "v1alpha1";
    private const string Plural = "mtastspolicies";
    private const string RetirementPlural = "mtastsretirements";

    /// <summary>"namespace/name".</summary>
    public string Name => $"{Text("metadata", "namespace")}/{Text("metadata", "name")}";

    /// <summary>The mail domain.</summary>
    public string Domain => Text("spec", "domain");

    /// <summary>The mode as published.</summary>
    public string Mode => Text("status", "mode");

    /// <summary>The stage.</summary>
    public string Stage => Text("status", "stage");

    /// <summary>The id that the record names.</summary>
    public string Id => Text("status", "policyId");

    /// <summary>The id of the document that is served.</summary>
    public string ServedId => Text("status", "servedId");

    /// <summary>The look that was asked for last and is had, by what the annotation said.</summary>
    public string LastHandled => Text("status", "lastHandledReconcileAt");

    /// <summary>The patterns of the document that is served.</summary>
    public IReadOnlyList<string> ServedMx => [.. Entries("servedMx").Select(mx => (string)mx!)];

    /// <summary>Since when all has been healthy; null while it is not.</summary>
    public DateTimeOffset? HealthySince => Time(Resource["status"]?["healthySince"]);

    /// <summary>The earliest moment of the next promotion, or null.</summary>
    public DateTimeOffset? SoakUntil => Time(Resource["status"]?["soakUntil"]);

    /// <summary>Until when a sender may hold an enforced policy, or null.</summary>
    public DateTimeOffset? CachedUntil => Time(Resource["status"]?["cachedUntil"]);

    /// <summary>When records and policy go, of a domain that is taken down; null of others.</summary>
    public DateTimeOffset? RemoveAt => Time(Resource["status"]?["removeAt"]);

    /// <summary>When all was healthy in this stage for the first time; null before.</summary>
    public DateTimeOffset? SettledAt => Time(Resource["status"]?["settledAt"]);

    /// <summary>The class under which the domain is served.</summary>
    public string ClassName => Text("status", "className");

    /// <summary>The provider that has its records.</summary>
    public string ProviderName => Text("status", "providerName");

    /// <summary>The policies that senders may hold.</summary>
    public IReadOnlyList<(string Id, string Mode, long MaxAge, DateTimeOffset? Until)> Ledger =>
        [.. Entries("ledger").Select(entry => (Text(entry, "id"), Text(entry, "mode"), (long?)entry["maxAge"] ?? -1, Time(entry["until"])))];

    /// <summary>The patterns that are served although the spec has them no more.</summary>
    public IReadOnlyList<(string Pattern, string Reason, DateTimeOffset? Until)> KeptMx =>
        [.. Entries("keptMx").Select(kept => (Text(kept, "pattern"), Text(kept, "reason"), Time(kept["until"])))];

    /// <summary>What somebody has to do to the zone.</summary>
    public IReadOnlyList<string> RecordsByHand => [.. (Resource["status"]?["recordsByHand"]?.AsArray() ?? []).Select(line => (string)line!)];

    /// <summary>The status of DnsPublished.</summary>
    public string Dns => Condition("DnsPublished", "status");

    /// <summary>The status of Ready.</summary>
    public string Ready => Condition("Ready", "status");

    /// <summary>The reason of Ready.</summary>
    public string Reason => Condition("Ready", "reason");

    /// <summary>The message of Ready.</summary>
    public string Message => Condition("Ready", "message");

    /// <summary>The moves from stage to stage, the oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset At, string To, string Reason)> History =>
        [.. Entries("history").Select(entry => (Time(entry["at"]) ?? default, Text(entry, "to"), Text(entry, "reason")))];

    /// <summary>The history, each move as "stage reason".</summary>
    public IReadOnlyList<string> Moves => [.. History.Select(move => $"{move.To} {move.Reason}")];

    /// <summary>When the last move was made; null before the first.</summary>
    public DateTimeOffset? MovedAt => History is [.., var last] ? last.At : null;

    /// <summary>All policies of the cluster, ordered by name.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="resourceVersion">"0" for what the API server has in its cache, which costs it little; null for what is so now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<PolicyObject>> ListAsync(IKubernetes client, string? resourceVersion, CancellationToken cancellationToken)
    {
        var list = await client.CustomObjects.ListClusterCustomObjectAsync(
            Group, Version, Plural, resourceVersion: resourceVersion, cancellationToken: cancellationToken);
        return [.. Node(list)["items"]!.AsArray().Select(item => new PolicyObject(item!)).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    /// <summary>The retirement of a domain, or null.</summary>
    public static async Task<PolicyObject?> RetirementOfAsync(IKubernetes client, string domain, CancellationToken cancellationToken)
    {
        var list = await client.CustomObjects.ListClusterCustomObjectAsync(Group, Version, RetirementPlural, cancellationToken: cancellationToken);
        return Node(list)["items"]!.AsArray().Select(item => new PolicyObject(item!)).FirstOrDefault(r => r.Domain == domain);
    }

    /// <summary>One policy.</summary>
    /// <exception cref="k8s.Autorest.HttpOperationException">404 where there is none.</exception>
    public static async Task<PolicyObject> ReadAsync(IKubernetes client, string space, string name, CancellationToken cancellationToken) =>
        new(Node(await client.CustomObjects.GetNamespacedCustomObjectAsync(Group, Version, space, Plural, name, cancellationToken)));

    /// <summary>What was found for a check, an entry a subject.</summary>
    public IReadOnlyList<(string Outcome, string Reason, string Subject)> Check(string name) =>
    [
        .. Entries("checks").Where(check => Text(check, "name") == name)
            .Select(check => (Text(check, "outcome"), Text(check, "reason"), Text(check, "subject"))),
    ];

    /// <summary>A field of a condition.</summary>
    public string Condition(string type, string field) => Entries("conditions").FirstOrDefault(c => Text(c, "type") == type) is { } found ? Text(found, field) : "";

    /// <summary>What a failed test shows.</summary>
    public override string ToString()
    {
        var conditions = Entries("conditions").Select(c => $"\n    {Text(c, "type")}={Text(c, "status")} {Text(c, "reason")}: {Text(c, "message")}");
        return $"{Name} {Domain}: mode \"{Mode}\", stage \"{Stage}\", id {Id}, served {ServedId}, moves [{string.Join(", ", Moves)}]{string.Concat(conditions)}";
    }

    private static JsonNode Node(object resource) => JsonNode.Parse(KubernetesJson.Serialize(resource))!;

    private static string Text(JsonNode? part, string field) => (string?)part?[field] ?? "";

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private string Text(string part, string field) => Text(Resource[part], field);

    private IEnumerable<JsonNode> Entries(string field) => (Resource["status"]?[field]?.AsArray() ?? []).OfType<JsonNode>();
}
