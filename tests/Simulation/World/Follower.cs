namespace MtaSts.Simulation.World;

/// <summary>Something that follows a source at a distance and may get stuck: a secondary name server, a replica of the policy server.</summary>
/// <param name="name">Its name.</param>
/// <param name="lag">How far it is behind when all is well.</param>
internal sealed class Follower(string name, TimeSpan lag)
{
    public string Name => name;

    /// <summary>Since when nothing new reaches it.</summary>
    public DateTimeOffset? StuckSince { get; set; }

    /// <summary>True while it answers nobody.</summary>
    public bool IsDown { get; set; }

    /// <summary>Up to when it knows the source.</summary>
    public DateTimeOffset Knows(DateTimeOffset now) => StuckSince is { } stuck && stuck < now - lag ? stuck : now - lag;
}
