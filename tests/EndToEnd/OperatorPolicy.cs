using System.Globalization;
using System.Text.Json.Nodes;

namespace MtaSts.EndToEnd;

/// <summary>An MtaStsPolicy as the API server has it, read without the operator's own types.</summary>
internal sealed record OperatorPolicy(JsonNode Resource)
{
    public string Name => $"{Text("metadata", "namespace")}/{Text("metadata", "name")}";

    public string Domain => Text("spec", "domain");

    public string Mode => Text("status", "mode");

    public string Stage => Text("status", "stage");

    public string Id => Text("status", "policyId");

    public string ServedId => Text("status", "servedId");

    public IReadOnlyList<string> ServedMx => [.. (Resource["status"]?["servedMx"]?.AsArray() ?? []).Select(mx => (string)mx!)];

    public DateTimeOffset? HealthySince => Time(Resource["status"]?["healthySince"]);

    public DateTimeOffset? CachedUntil => Time(Resource["status"]?["cachedUntil"]);

    public string Dns => Condition("DnsPublished", "status");

    public string Ready => Condition("Ready", "status");

    public string Reason => Condition("Ready", "reason");

    public string Message => Condition("Ready", "message");

    /// <summary>The history, each move as "stage reason".</summary>
    public IReadOnlyList<string> Moves => [.. History.Select(entry => $"{(string?)entry["to"]} {(string?)entry["reason"]}")];

    /// <summary>When the last move was made.</summary>
    public DateTimeOffset? MovedAt => History.Count > 0 ? Time(History[^1]["at"]) : null;

    private IReadOnlyList<JsonNode> History => [.. (Resource["status"]?["history"]?.AsArray() ?? []).Select(entry => entry!)];

    /// <summary>The entries of a check as "outcome reason".</summary>
    public IReadOnlyList<string> Check(string name) =>
    [
        .. (Resource["status"]?["checks"]?.AsArray() ?? [])
            .Where(check => (string?)check?["name"] == name)
            .Select(check => $"{(string?)check!["outcome"]} {(string?)check["reason"]}".TrimEnd()),
    ];

    public string Condition(string type, string field) =>
        (string?)(Resource["status"]?["conditions"]?.AsArray() ?? []).FirstOrDefault(c => (string?)c?["type"] == type)?[field] ?? "";

    /// <summary>What a failed test shows.</summary>
    public override string ToString()
    {
        var conditions = (Resource["status"]?["conditions"]?.AsArray() ?? [])
            .Select(c => $"\n    {(string?)c?["type"]}={(string?)c?["status"]} {(string?)c?["reason"]}: {(string?)c?["message"]}");
        return $"{Name} {Domain}: mode \"{Mode}\", stage \"{Stage}\", id {Id}, served {ServedId}, moves [{string.Join(", ", Moves)}]{string.Concat(conditions)}";
    }

    private string Text(string part, string field) => (string?)Resource[part]?[field] ?? "";

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
