namespace MtaSts.PolicyServer.Policies;

/// <summary>
/// A document's entity tag (rfc9110#8.8.3): tells in an access log which document an answer held. It is 64 bits of FNV-1a, not the policy's id: that needs
/// SHA-256, and this program shall do without a cryptographic library.
/// </summary>
internal static class EntityTag
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The tag as the header has it: 16 hexadecimal digits in quotes.</summary>
    public static string Of(ReadOnlySpan<byte> document)
    {
        var hash = Basis;
        foreach (var octet in document)
            hash = unchecked((hash ^ octet) * Prime);
        return $"\"{hash:x16}\"";
    }
}
