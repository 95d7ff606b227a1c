namespace MtaSts.TestBed.Mail;

/// <summary>A mail as it lies in the mailbox.</summary>
/// <param name="OverTls">Whether the MX got it over TLS, by its own Received header.</param>
/// <param name="Text">The whole mail.</param>
public sealed record ReceivedMail(bool OverTls, string Text);
