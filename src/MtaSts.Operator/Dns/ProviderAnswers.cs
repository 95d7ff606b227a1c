using MtaSts.Core.Desired;
using MtaSts.Core.Observations;

namespace MtaSts.Operator.Dns;

/// <summary>A zone of a provider.</summary>
/// <param name="Name">Its apex, lower case, without the final dot.</param>
public sealed record DnsZone(string Name);

/// <summary>Why a provider did not do what was asked.</summary>
/// <param name="Reason">The kind.</param>
/// <param name="Message">What happened, with the server, zone or key that it concerns; never a secret.</param>
/// <param name="Transient">True when the same call may succeed later with nothing changed.</param>
/// <param name="RetryAfter">How long the provider asks to wait, where it says so.</param>
public sealed record ProviderFault(Reason Reason, string Message, bool Transient, TimeSpan? RetryAfter = null)
{
    /// <summary>True where <see cref="RetryAfter"/> is this caller's turn and nobody else's: our own limit is in use, and the provider is well.</summary>
    public bool IsTurn { get; init; }

    /// <summary>
    /// There is no room at this moment. The words are always the same, or the status of each domain that waits would be written again at each try.
    /// </summary>
    /// <param name="retryAfter">When there may be.</param>
    /// <param name="isTurn">What <see cref="IsTurn"/> is.</param>
    public static ProviderFault NoRoom(TimeSpan retryAfter, bool isTurn) => new(
        Reason.ProviderRateLimited, "as many domains are being written there as its limits allow; this one follows when its turn comes", Transient: true, retryAfter)
    {
        IsTurn = isTurn,
    };
}

/// <summary>The answer to <see cref="IDnsProvider.FindZoneAsync"/>.</summary>
public abstract record ZoneAnswer
{
    private ZoneAnswer()
    {
    }

    /// <summary>The longest zone that holds the name.</summary>
    public sealed record Found(DnsZone Zone) : ZoneAnswer;

    /// <summary>No zone, or no answer.</summary>
    public sealed record Failed(ProviderFault Fault) : ZoneAnswer;
}

/// <summary>The answer to <see cref="IDnsProvider.ReadAsync"/>.</summary>
public abstract record ReadAnswer
{
    private ReadAnswer()
    {
    }

    /// <summary>Every set that was asked for.</summary>
    public sealed record Read(CurrentRecords Records) : ReadAnswer;

    /// <summary>At least one set could not be read.</summary>
    public sealed record Failed(ProviderFault Fault) : ReadAnswer;
}

/// <summary>The answer to <see cref="IDnsProvider.ApplyAsync"/>.</summary>
public abstract record ApplyAnswer
{
    private ApplyAnswer()
    {
    }

    /// <summary>The whole batch is in the zone.</summary>
    public sealed record Applied : ApplyAnswer;

    /// <summary>Nothing of the batch is in the zone, or (where the protocol is not atomic) not all of it.</summary>
    public sealed record Failed(ProviderFault Fault) : ApplyAnswer;
}
