using System.Diagnostics.CodeAnalysis;

namespace MtaSts.Core.Desired;

/// <summary>Who writes records: one installation of the operator, for one resource.</summary>
public sealed record OwnerIdentity
{
    private const int OwnerIdCharsMax = 63;
    private const int ResourceCharsMax = 253 + 1 + 253; // Kubernetes: a namespace and a name are DNS names.

    private OwnerIdentity(string ownerId, string resource) => (OwnerId, Resource) = (ownerId, resource);

    /// <summary>The installation: 1 to 63 of a-z, A-Z, 0-9, '.', '_', '-'. Two clusters that share a zone need two.</summary>
    public string OwnerId { get; }

    /// <summary>The resource, as "namespace/name".</summary>
    public string Resource { get; }

    /// <summary>Checks both parts. On failure <paramref name="problem"/> names the part and says what it may be.</summary>
    public static bool TryCreate(string? ownerId, string? resource, [NotNullWhen(true)] out OwnerIdentity? identity, out string problem)
    {
        identity = null;
        if (ownerId is null or "" || ownerId.Length > OwnerIdCharsMax || !ownerId.All(IsIdChar))
        {
            problem = $"ownerId \"{ownerId}\" is not 1 to {OwnerIdCharsMax} of a-z, A-Z, 0-9, '.', '_' and '-'";
            return false;
        }

        if (!IsResource(resource))
        {
            problem = $"resource \"{resource}\" is not namespace/name";
            return false;
        }

        identity = new OwnerIdentity(ownerId, resource);
        problem = "";
        return true;
    }

    /// <summary>An identity whose parts are known to be right.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    public static OwnerIdentity Create(string ownerId, string resource) =>
        TryCreate(ownerId, resource, out var identity, out var problem) ? identity : throw new FormatException(problem);

    /// <summary>"ownerId (namespace/name)".</summary>
    public override string ToString() => $"{OwnerId} ({Resource})";

    private static bool IsIdChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private static bool IsResource([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length > ResourceCharsMax)
            return false;
        var parts = text.Split('/');
        return parts.Length == 2 && parts.All(p => p.Length > 0 && p.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'));
    }
}
