namespace MtaSts.Core.Observations;

/// <summary>Something wrong, before it is said where.</summary>
/// <param name="IsBroken">True for Broken, false for Unknown.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Message">One sentence.</param>
internal sealed record Verdict(bool IsBroken, Reason Reason, string Message)
{
    /// <summary>A sender would be hindered.</summary>
    public static Verdict Broken(Reason reason, string message) => new(true, reason, message);

    /// <summary>Nothing is known, or it does not count yet.</summary>
    public static Verdict Unknown(Reason reason, string message) => new(false, reason, message);

    /// <summary>The finding at a subject.</summary>
    public Finding At(string subject) =>
        IsBroken ? new Finding.Broken(Reason, subject, Message) : new Finding.Unknown(Reason, subject, Message);
}
