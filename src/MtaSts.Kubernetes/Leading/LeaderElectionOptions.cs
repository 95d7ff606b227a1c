namespace MtaSts.Kubernetes;

/// <summary>Settings of a <see cref="LeaderElector"/>. RetryPeriod &lt; RenewDeadline &lt; LeaseDuration.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>The namespace of the lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the lease.</summary>
    public required string Name { get; init; }

    /// <summary>Who this is: unique per process. Default: the host's name and eight random characters.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}_{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>How long others wait after the last renewal that they saw before they take over. Whole seconds. Default 15 seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The leader that has not renewed for so long stops leading. Default 10 seconds.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait between two tries to acquire or to renew; the shortest is four fifths of it. Default 2 seconds.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the leader's work may take to end after the stop; then its token is cancelled. Default 30 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Settings with the usual shares of the lease's duration: two thirds to renew it, and a try each two fifteenths.</summary>
    /// <param name="space">The namespace of the lease.</param>
    /// <param name="name">Its name.</param>
    /// <param name="leaseDuration">Whole seconds.</param>
    public static LeaderElectionOptions For(string space, string name, TimeSpan leaseDuration) => new()
    {
        Namespace = space,
        Name = name,
        LeaseDuration = leaseDuration,
        RenewDeadline = leaseDuration * 2 / 3,
        RetryPeriod = leaseDuration * 2 / 15,
    };

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Namespace);
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentException.ThrowIfNullOrEmpty(Identity);
        if (LeaseDuration < TimeSpan.FromSeconds(1))
            throw new ArgumentException($"LeaseDuration ({LeaseDuration}) must be at least one second.");
        if (RenewDeadline >= LeaseDuration)
            throw new ArgumentException($"RenewDeadline ({RenewDeadline}) must be shorter than LeaseDuration ({LeaseDuration}).");
        if (RetryPeriod <= TimeSpan.Zero || RetryPeriod >= RenewDeadline)
            throw new ArgumentException($"RetryPeriod ({RetryPeriod}) must be above zero and shorter than RenewDeadline ({RenewDeadline}).");
    }
}
