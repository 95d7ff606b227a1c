using System.Globalization;
using System.Text.Json.Nodes;
using k8s;

namespace MtaSts.Demo;

/// <summary>A policy resource as the API server has it, read without the operator's own types: the demo believes nobody.</summary>
internal sealed record PolicyView(JsonNode Resource)
{
    public string Name => $"{Text("metadata", "namespace")}/{Text("metadata", "name")}";

    public string Domain => Text("spec", "domain");

    public string Mode => Text("status", "mode");

    public string Stage => Text("status", "stage");

    public string Ready => Condition("Ready", "status");

    public string Reason => Condition("Ready", "reason");

    public string Message => Condition("Ready", "message");

    public string PolicyId => Text("status", "policyId");

    public DateTimeOffset? SoakUntil => Time(Text("status", "soakUntil"));

    /// <summary>The history as "from -> to (reason)".</summary>
    public IReadOnlyList<(DateTimeOffset At, string From, string To, string Reason)> History =>
    [
        .. (Resource["status"]?["history"]?.AsArray() ?? []).Select(entry => (
            Time((string?)entry?["at"] ?? "") ?? default, (string?)entry?["from"] ?? "", (string?)entry?["to"] ?? "", (string?)entry?["reason"] ?? "")),
    ];

    /// <summary>The entries of a check as "outcome reason subject".</summary>
    public IReadOnlyList<(string Outcome, string Reason, string Subject)> Check(string name) =>
    [
        .. (Resource["status"]?["checks"]?.AsArray() ?? [])
            .Where(check => (string?)check?["name"] == name)
            .Select(check => ((string?)check?["outcome"] ?? "", (string?)check?["reason"] ?? "", (string?)check?["subject"] ?? "")),
    ];

    public string Condition(string type, string field) =>
        (string?)(Resource["status"]?["conditions"]?.AsArray() ?? []).FirstOrDefault(c => (string?)c?["type"] == type)?[field] ?? "";

    /// <summary>All policies, ordered by name.</summary>
    public static async Task<IReadOnlyList<PolicyView>> ListAsync(IKubernetes client, CancellationToken cancellationToken)
    {
        var list = await client.CustomObjects.ListClusterCustomObjectAsync("mta-sts.dev", "v1alpha1", "mtastspolicies", cancellationToken: cancellationToken);
        var root = JsonNode.Parse(KubernetesJson.Serialize(list));
        return [.. root!["items"]!.AsArray().Select(item => new PolicyView(item!)).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    private string Text(string part, string field) => (string?)Resource[part]?[field] ?? "";

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
