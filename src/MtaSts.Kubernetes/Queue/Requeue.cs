namespace MtaSts.Kubernetes;

/// <summary>What a pass asks of the queue.</summary>
/// <param name="Failed">The pass failed: it counts for the back-off.</param>
/// <param name="After">When to look again; null leaves it to the back-off (failed) or to the next change (not failed).</param>
public readonly record struct Requeue(bool Failed, TimeSpan? After)
{
    /// <summary>The pass succeeded; nothing more until something changes.</summary>
    public static readonly Requeue None = new(false, null);

    /// <summary>The pass succeeded; look again after a while.</summary>
    public static Requeue In(TimeSpan wait) => new(false, wait);

    /// <summary>The pass failed; look again by back-off, or after the given wait.</summary>
    public static Requeue Retry(TimeSpan? wait = null) => new(true, wait);
}
