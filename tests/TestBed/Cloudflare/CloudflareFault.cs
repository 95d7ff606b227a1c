namespace MtaSts.TestBed.Cloudflare;

/// <summary>What the server does instead of what it should.</summary>
public enum CloudflareFault
{
    /// <summary>Answers 500, and does nothing.</summary>
    Error500,

    /// <summary>Does it, and answers 502 with a page of HTML, as a gateway before it would.</summary>
    Error502AfterApplying,

    /// <summary>Reads the request and never answers.</summary>
    Hang,

    /// <summary>Cuts the connection, and does nothing.</summary>
    Cut,

    /// <summary>Does it, and cuts the connection before the answer.</summary>
    CutAfterApplying,

    /// <summary>Begins its answer and cuts the connection in the middle of it.</summary>
    CutInAnswer,

    /// <summary>Answers 429 with a Retry-After of 120 seconds.</summary>
    TooManyRequests,

    /// <summary>Sends the caller to another address.</summary>
    Redirect,
}
