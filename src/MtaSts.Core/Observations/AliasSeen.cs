namespace MtaSts.Core.Observations;

/// <summary>Where a name leads that should be a CNAME to its place below a suffix.</summary>
internal enum AliasSeen
{
    /// <summary>To its place, at once or by other CNAMEs.</summary>
    Right,

    /// <summary>Nowhere: it is no CNAME.</summary>
    None,

    /// <summary>To another name.</summary>
    Elsewhere,
}
