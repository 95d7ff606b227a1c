using MtaSts.Core.Desired;

namespace MtaSts.Operator.Dns;

/// <summary>A place where records are written. Expected failures are values; only the caller's cancellation throws.</summary>
public interface IDnsProvider
{
    /// <summary>The zone that holds a name (lower case, without the final dot).</summary>
    Task<ZoneAnswer> FindZoneAsync(string name, CancellationToken cancellationToken);

    /// <summary>The record sets as the provider has them now; absent ones are empty.</summary>
    Task<ReadAnswer> ReadAsync(DnsZone zone, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Applies a batch while every set is still what the batch expects, else fails with <c>ProviderConflict</c>. Atomic where the
    /// protocol can, in order where it cannot.
    /// </summary>
    Task<ApplyAnswer> ApplyAsync(DnsZone zone, RecordBatch batch, CancellationToken cancellationToken);
}
