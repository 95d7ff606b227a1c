using MtaSts.Core.Desired;

namespace MtaSts.Operator.Dns;

/// <summary>A place where records are written. Expected failures are values; only the caller's cancellation throws.</summary>
public interface IDnsProvider
{
    /// <summary>How many more requests its credential may make at this moment, where the provider has such a limit; null where it has none that is known.</summary>
    RequestHeadroom? Headroom => null;

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

/// <summary>What is left of a limit on requests.</summary>
/// <param name="RequestsMax">The limit that we keep to, in requests of all domains together.</param>
/// <param name="Window">Over which time it counts.</param>
/// <param name="WithoutWaiting">How many could be made now without waiting.</param>
/// <param name="BlockedFor">How long none is made because the provider asked for it; zero for not at all.</param>
public sealed record RequestHeadroom(int RequestsMax, TimeSpan Window, int WithoutWaiting, TimeSpan BlockedFor);
