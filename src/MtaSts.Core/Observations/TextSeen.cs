namespace MtaSts.Core.Observations;

/// <summary>What a server has at the name of a text record.</summary>
internal enum TextSeen
{
    /// <summary>What was published.</summary>
    Ours,

    /// <summary>What was published before.</summary>
    Previous,

    /// <summary>No record of the kind.</summary>
    Missing,

    /// <summary>More than one record of the kind.</summary>
    Duplicate,

    /// <summary>One that says something else, or that is not valid.</summary>
    Other,

    /// <summary>The name should be a CNAME to the record's place, and is not.</summary>
    Astray,

    /// <summary>The server gave no definite answer.</summary>
    Failed,

    /// <summary>The server could not be asked from here.</summary>
    NotAsked,
}
