namespace MtaSts.TestBed.Webhook;

/// <summary>Where webhooks differ and the protocol says nothing.</summary>
/// <param name="QuotesTxt">TXT targets as in a zone file, both ways; else bare text.</param>
/// <param name="OneTargetEach">A set as several endpoints of one target each; else one endpoint with all targets.</param>
/// <param name="TellsTtl">True when endpoints come with their TTLs.</param>
/// <param name="TtlMin">The TTL below which adjusting raises one, in seconds.</param>
public sealed record WebhookStyle(bool QuotesTxt = true, bool OneTargetEach = false, bool TellsTtl = true, long TtlMin = 0);

/// <summary>What a call may meet instead of a good answer.</summary>
public enum WebhookFault
{
    /// <summary>500, nothing done.</summary>
    ServerError,

    /// <summary>500 to a write of which the first half was done.</summary>
    HalfDone,

    /// <summary>500 to a write that was done.</summary>
    DoneThenServerError,

    /// <summary>400.</summary>
    BadRequest,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>429 with Retry-After: 7.</summary>
    TooManyRequests,

    /// <summary>302.</summary>
    Redirect,

    /// <summary>No answer.</summary>
    Hang,

    /// <summary>A good answer of another version.</summary>
    WrongMediaType,

    /// <summary>A body that goes on.</summary>
    EndlessBody,

    /// <summary>A body that is no JSON.</summary>
    NotJson,

    /// <summary>null, as Go writes an empty list.</summary>
    Null,

    /// <summary>An answer to adjusting that has other targets.</summary>
    OtherTargets,

    /// <summary>200 to a write that was done.</summary>
    DoneWithOk,
}
