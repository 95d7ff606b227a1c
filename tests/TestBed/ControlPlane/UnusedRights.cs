using System.Text.Json.Nodes;

namespace MtaSts.TestBed;

/// <summary>A right: a verb on a resource, in one namespace or everywhere.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Resource">Plural with group, and a subresource.</param>
/// <param name="Namespace">The namespace; empty for everywhere.</param>
public sealed record Right(string Verb, string Resource, string Namespace)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Resource}{(Namespace.Length > 0 ? $" in {Namespace}" : "")}";
}

/// <summary>The rights that roles give, and which of them nobody has made use of.</summary>
public static class UnusedRights
{
    /// <summary>Every right of a list of Roles and ClusterRoles.</summary>
    /// <param name="roles">The list, as the API server gives it.</param>
    public static IReadOnlyList<Right> Given(JsonObject roles) =>
    [
        .. from role in roles["items"]!.AsArray()
           from rule in role!["rules"]?.AsArray() ?? []
           from apiGroup in rule!["apiGroups"]!.AsArray().Select(g => (string)g!)
           from resource in rule["resources"]!.AsArray().Select(r => (string)r!)
           from verb in rule["verbs"]!.AsArray().Select(v => (string)v!)
           let parts = resource.Split('/', 2)
           select new Right(
               verb,
               parts[0] + (apiGroup.Length > 0 ? "." + apiGroup : "") + (parts.Length > 1 ? "/" + parts[1] : ""),
               (string?)role["metadata"]!["namespace"] ?? ""),
    ];

    /// <summary>Those that no request needed. A patch that makes an object needs the right to create it as well.</summary>
    /// <param name="given">The rights.</param>
    /// <param name="requests">What was asked for and granted.</param>
    public static IReadOnlyList<Right> Of(IReadOnlyList<Right> given, IReadOnlyList<AuditEvent> requests)
    {
        const int created = 201;
        var granted = requests.Where(r => r.Code is not (401 or 403)).ToList();
        var used = granted.Select(r => (r.Verb, r.Resource, r.Namespace))
            .Concat(granted.Where(r => r is { Verb: "patch", Code: created }).Select(r => (Verb: "create", r.Resource, r.Namespace)))
            .ToHashSet();
        return [.. given.Where(g => !used.Any(u => (u.Verb, u.Resource) == (g.Verb, g.Resource) && (g.Namespace.Length == 0 || u.Namespace == g.Namespace)))];
    }
}
