using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns;

/// <summary>What became of one wanted record.</summary>
public abstract record PublishOutcome
{
    private PublishOutcome()
    {
    }

    /// <summary>True when the record is as wanted.</summary>
    public bool IsSettled => this is InPlace or Written or Removed;

    /// <summary>It was as wanted already; nothing was written.</summary>
    public sealed record InPlace : PublishOutcome;

    /// <summary>It was written.</summary>
    public sealed record Written : PublishOutcome;

    /// <summary>It was taken away.</summary>
    public sealed record Removed : PublishOutcome;

    /// <summary>It is not ours to write; nothing was written.</summary>
    public sealed record Refused(Reason Reason, string Message) : PublishOutcome;

    /// <summary>The provider did not do it.</summary>
    public sealed record Failed(ProviderFault Fault) : PublishOutcome;
}

/// <summary>What became of each wanted record.</summary>
/// <param name="Outcomes">One for each record that was wanted.</param>
/// <param name="Zones">The zones that were found for them.</param>
public sealed record PublishReport(ImmutableSortedDictionary<RecordKey, PublishOutcome> Outcomes, ImmutableArray<string> Zones)
{
    private static readonly Comparer<RecordKey> ByName = Comparer<RecordKey>.Create((a, b) =>
        string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : a.Type.CompareTo(b.Type));

    /// <summary>True when every record is as wanted.</summary>
    public bool AllSettled => Outcomes.Values.All(o => o.IsSettled);

    /// <summary>True when something was written or removed.</summary>
    public bool AnyWritten => Outcomes.Values.Any(o => o is PublishOutcome.Written or PublishOutcome.Removed);

    internal static PublishReport Of(IEnumerable<KeyValuePair<RecordKey, PublishOutcome>> outcomes, params IEnumerable<string> zones) =>
        new(outcomes.ToImmutableSortedDictionary(ByName), [.. zones.Distinct()]);
}
