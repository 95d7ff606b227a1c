namespace MtaSts.Simulation;

/// <summary>Whose dice they are. Each has its own, so that one who throws more often does not change the luck of the others.</summary>
internal enum Purpose
{
    Profile,
    Owner,
    Faults,
    Names,
    Looks,
    Hosting,
    Provider,
    Senders,
    Death,
}

/// <summary>Chance that comes from the seed alone.</summary>
internal static class Dice
{
    /// <summary>The dice of one purpose; <paramref name="of"/> tells several with the same purpose apart.</summary>
    public static Random For(int seed, Purpose purpose, int of = 0) => new(unchecked((seed * 1_000_003) + ((int)purpose * 10_007) + (of * 101)));

    public static bool Chance(this Random dice, double share) => dice.NextDouble() < share;

    public static TimeSpan Between(this Random dice, TimeSpan least, TimeSpan most) => least + TimeSpan.FromSeconds(Math.Floor((most - least).TotalSeconds * dice.NextDouble()));

    public static T Pick<T>(this Random dice, params IReadOnlyList<T> all) => all[dice.Next(all.Count)];
}
