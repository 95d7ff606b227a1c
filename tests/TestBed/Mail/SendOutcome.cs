namespace MtaSts.TestBed.Mail;

/// <summary>What has become of a mail, as the sender's log says.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>A mail server took it.</summary>
    /// <param name="Relay">The server, as <c>name[address]:port</c>.</param>
    /// <param name="Tls">
    /// How the connection was secured, in Postfix's words: <c>Verified</c> (as an enforced policy wants), <c>Trusted</c>,
    /// <c>Untrusted</c>, <c>Anonymous</c>; null when it went in clear.
    /// </param>
    public sealed record Delivered(string Relay, string? Tls) : SendOutcome;

    /// <summary>Not yet; the sender will try again.</summary>
    /// <param name="Reason">Why the last attempt failed.</param>
    public sealed record Deferred(string Reason) : SendOutcome;

    /// <summary>Never: it was returned.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Bounced(string Reason) : SendOutcome;

    /// <summary>The log says nothing of it yet.</summary>
    public sealed record Unknown : SendOutcome;
}
