namespace MtaSts.Simulation.Watching;

/// <summary>
/// What the owner of a domain did by the book, and what not. By the book a mail server comes into the DNS only when the policy that names it has been published for
/// longer than its TTL, and one leaves the DNS only when another of whom that is true stays.
/// </summary>
internal sealed class OwnersBook
{
    /// <summary>The hosts that came by the book, also those that have left since.</summary>
    public HashSet<string> Invited { get; } = [];

    /// <summary>True from the moment when the owner asked to begin anew at the first stage.</summary>
    public bool AskedToBeginAnew { get; set; }

    /// <summary>True when the owner asked to take records over that are not his operator's.</summary>
    public bool AskedToAdopt { get; set; }
}
