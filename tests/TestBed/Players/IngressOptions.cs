namespace MtaSts.TestBed.Players;

/// <summary>How an ingress controller is played.</summary>
public sealed record IngressOptions
{
    /// <summary>The class whose Ingress objects are played.</summary>
    public required string ClassName { get; init; }

    /// <summary>The address that it writes into each Ingress's status.</summary>
    public required string Address { get; init; }

    /// <summary>Takes the whole list of sites whenever it has changed, one call at a time; a failed call is repeated.</summary>
    public required Func<IReadOnlyList<IngressSite>, Task> Publish { get; init; }
}
