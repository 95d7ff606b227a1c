namespace MtaSts.Kubernetes;

/// <summary>
/// Ends a pass that came to nothing because a server is away or overloaded: its key comes back by back-off, and no sooner than the server asked for. Any other exception
/// is a fault of the pass itself.
/// </summary>
public class RetryLaterException : Exception
{
    /// <summary>With what could not be done, and how long the server asks to wait, if it says so.</summary>
    public RetryLaterException(string message, TimeSpan? notBefore)
        : base(message) => NotBefore = notBefore;

    /// <summary>With what could not be done.</summary>
    public RetryLaterException(string message)
        : base(message)
    {
    }

    /// <summary>Without a word.</summary>
    public RetryLaterException()
    {
    }

    /// <summary>With a cause.</summary>
    public RetryLaterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>How long the server asks to wait, as 429 does with Retry-After; null when it does not say.</summary>
    public TimeSpan? NotBefore { get; }
}
