using System.Text.Json;

namespace MtaSts.TestBed;

/// <summary>One request that the API server answered.</summary>
/// <param name="At">When the request came in.</param>
/// <param name="Verb">create, update, patch, delete or deletecollection; of a service account in <c>mta-sts-system</c> also get, list and watch.</param>
/// <param name="User">Who asked.</param>
/// <param name="UserAgent">With what program.</param>
/// <param name="Resource">Plural with group, such as <c>leases.coordination.k8s.io</c>, and <c>/status</c> or another subresource.</param>
/// <param name="Namespace">Empty for what has no namespace.</param>
/// <param name="Name">Empty for a create whose name the path does not have.</param>
/// <param name="Code">HTTP status of the answer.</param>
public sealed record AuditEvent(
    DateTimeOffset At, string Verb, string User, string UserAgent, string Resource, string Namespace, string Name, int Code);

/// <summary>The API server's record of every write, and of what the operator reads, with user and program, in the order of the answers.</summary>
/// <param name="path">The file; one JSON object a line.</param>
public sealed class AuditLog(string path)
{
    /// <summary>All writes and the operator's reads are logged with their metadata, nothing else is. A watch is logged when it ends.</summary>
    internal const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived, ResponseStarted]
        rules:
          - level: Metadata
            verbs: [create, update, patch, delete, deletecollection]
          - level: Metadata
            userGroups: ["system:serviceaccounts:mta-sts-system"]
            verbs: [get, list, watch]
            resources: [{group: ""}, {group: mta-sts.dev}, {group: apps}, {group: networking.k8s.io}, {group: policy}, {group: coordination.k8s.io}, {group: events.k8s.io}, {group: externaldns.k8s.io}, {group: cert-manager.io}, {group: gateway.networking.k8s.io}]
          - level: None

        """;

    /// <summary>The file itself.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// The writes so far; a line that is being written is left out. The API server's writes to itself (its start-up objects) are
    /// those of the user <c>system:apiserver</c>.
    /// </summary>
    public IReadOnlyList<AuditEvent> Read() => [.. ReadAll().Where(e => e.Verb is not ("get" or "list" or "watch"))];

    /// <summary>The same, and what the operator has read.</summary>
    public IReadOnlyList<AuditEvent> ReadAll()
    {
        if (!File.Exists(Path)) return [];
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var whole = reader.ReadToEnd();
        return [.. whole[..(whole.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static AuditEvent Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var target = root.TryGetProperty("objectRef", out var reference) ? reference : default;
        var group = Text(target, "apiGroup");
        var subresource = Text(target, "subresource");
        return new AuditEvent(
            root.GetProperty("requestReceivedTimestamp").GetDateTimeOffset(),
            Text(root, "verb"),
            Text(root.GetProperty("user"), "username"),
            Text(root, "userAgent"),
            Text(target, "resource") + (group.Length > 0 ? "." + group : "") + (subresource.Length > 0 ? "/" + subresource : ""),
            Text(target, "namespace"),
            Text(target, "name"),
            root.TryGetProperty("responseStatus", out var status) && status.TryGetProperty("code", out var code) ? code.GetInt32() : 0);
    }

    private static string Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";
}
