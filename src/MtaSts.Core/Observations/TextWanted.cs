using MtaSts.Core.Desired;

namespace MtaSts.Core.Observations;

/// <summary>What a text record should be.</summary>
/// <param name="Kind">"STSv1" or "TLSRPTv1", for the messages.</param>
/// <param name="HadPrevious">True when a record of ours was there before this one.</param>
/// <param name="Classify">What a definite list of records at the name is.</param>
internal sealed record TextWanted(string Kind, bool HadPrevious, Func<IReadOnlyList<string>, TextSeen> Classify)
{
    /// <summary>Where the record is written that the name must lead to by a CNAME; null where it is written at the name itself.</summary>
    public Delegation? Delegation { get; init; }

    /// <summary>True where the record is the operator's to write; false where it is judged as a sender sees it.</summary>
    public bool IsWritten { get; init; }
}
