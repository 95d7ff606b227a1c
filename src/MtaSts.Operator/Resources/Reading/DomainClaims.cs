namespace MtaSts.Operator.Resources.Reading;

/// <summary>A resource that claims a domain. Only resources that are valid and allowed to have the domain claim it: else a stranger could block its owner.</summary>
/// <param name="Namespace">The resource's namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="CreatedAt">When it was created; whole seconds, as the API server says it.</param>
public sealed record DomainClaim(string Namespace, string Name, string Uid, DateTimeOffset CreatedAt)
{
    /// <summary>The claim of a resource as the API server has it.</summary>
    public static DomainClaim Of(MtaStsPolicy resource) => new(
        resource.Metadata.NamespaceProperty ?? "",
        resource.Metadata.Name ?? "",
        resource.Metadata.Uid ?? "",
        resource.Metadata.CreatedAt() ?? DateTimeOffset.MaxValue);
}

/// <summary>One domain, one owner.</summary>
public static class DomainClaims
{
    /// <summary>Of several claims to one domain the one that counts: the oldest, and of equally old ones the one with the smallest UID. Null when there is none.</summary>
    public static DomainClaim? Winner(IEnumerable<DomainClaim> claims) =>
        claims.OrderBy(c => c.CreatedAt).ThenBy(c => c.Uid, StringComparer.Ordinal).FirstOrDefault();
}
