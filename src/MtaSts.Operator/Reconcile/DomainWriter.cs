using System.Collections.Immutable;
using MtaSts.Core.Desired;
using MtaSts.Core.Status;

namespace MtaSts.Operator.Reconcile;

/// <summary>Brings cluster and DNS in line with what is desired for a domain, in the order in which no sender is led to what is not there.</summary>
/// <remarks>
/// rfc8461#8.1: what is served comes first, then the records. What is taken away goes in the reverse order: no sender shall find a record of a policy that is
/// about to go.
/// </remarks>
/// <param name="serving">Writes document and host.</param>
/// <param name="records">Writes records.</param>
public sealed class DomainWriter(ServingWriter serving, RecordWriter records)
{
    /// <summary>Writes.</summary>
    /// <param name="admitted">The class and the provider, and as whose all is marked.</param>
    /// <param name="desired">What shall be.</param>
    /// <param name="missing">Those of its records that are not so already.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<Applied> ApplyAsync(
        Admission.Admitted admitted, DesiredState desired, ImmutableArray<OwnedRecord> missing, CancellationToken cancellationToken)
    {
        var (intent, settings, provider, owner) = admitted;
        var space = settings.Serving.Namespace;
        var served = desired.IsRemoval ? [] : await serving.ApplyAsync(desired, settings.Name, space, cancellationToken);
        var (problems, anyWritten) = await records.ApplyAsync(provider, missing, owner, intent.Adoption, cancellationToken);
        if (desired.IsRemoval && problems.IsEmpty)
        {
            served = await serving.RemoveAsync(desired.Domain, settings.Name, desired.Shard, space, owner, cancellationToken);
        }

        return new Applied(served, problems, anyWritten);
    }
}

/// <summary>What became of a write.</summary>
/// <param name="ServingProblems">What of document and host could not be done.</param>
/// <param name="DnsProblems">What of the records could not be done.</param>
/// <param name="AnyRecordWritten">Whether any record was.</param>
public sealed record Applied(ImmutableArray<ApplyProblem> ServingProblems, ImmutableArray<ApplyProblem> DnsProblems, bool AnyRecordWritten)
{
    /// <summary>Nothing was to be done.</summary>
    public static readonly Applied Nothing = new([], [], false);

    /// <summary>True when all was done.</summary>
    public bool IsComplete => ServingProblems.IsEmpty && DnsProblems.IsEmpty;
}
