namespace MtaSts.Operator.Cli.Simulate;

/// <summary>When the resource is deleted in a simulation.</summary>
/// <param name="At">At that moment; or null.</param>
/// <param name="Stage">As soon as the policy of that stage has been seen everywhere; or null.</param>
internal sealed record DeletionTime(DateTimeOffset? At, string? Stage)
{
    /// <summary>Never.</summary>
    public static readonly DeletionTime Never = new(null, null);
}
