namespace MtaSts.Core.Rollout;

/// <summary>The other domains of a class, as far as they decide whether one more may move up.</summary>
/// <param name="Moving">How many of them have moved up and have not been seen healthy in their new stage yet.</param>
/// <param name="Promoted">How many of them are in a stage that they entered by moving up.</param>
/// <param name="Unhealthy">How many of those have a broken check.</param>
public sealed record Fleet(int Moving, int Promoted, int Unhealthy)
{
    /// <summary>No other domain.</summary>
    public static readonly Fleet None = new(0, 0, 0);
}

/// <summary>How the domains of a class move up together.</summary>
/// <param name="MovingMax">How many may be on the move at once; at least 1; null for any number.</param>
/// <param name="UnhealthyPercentMax">The share of promoted domains that may be unhealthy before all promotions stop, 0 to 100; null for any share.</param>
public sealed record FleetRule(int? MovingMax, int? UnhealthyPercentMax)
{
    /// <summary>No limit.</summary>
    public static readonly FleetRule None = new(null, null);
}
